#!/usr/bin/env bash
# The step of action.yml that judges; its inputs are TURBO_HIPSTER_*, which
# no build gets to see.
set -euo pipefail

words=()
if [ -n "$TURBO_HIPSTER_CONFIG_FILE" ]; then
    words+=(--config-file "$TURBO_HIPSTER_CONFIG_FILE")
fi
comment=$TURBO_HIPSTER_RESULTS/summary.md
if [ -n "$TURBO_HIPSTER_SERVER" ]; then
    mkdir -p "$TURBO_HIPSTER_RESULTS"
    words+=(
        submit "$TURBO_HIPSTER_JOB"
        --server "$TURBO_HIPSTER_SERVER"
        --project "$GITHUB_REPOSITORY"
        --url "$GITHUB_SERVER_URL"
        --ref "$TURBO_HIPSTER_REF"
        --branch "${GITHUB_BASE_REF:-$GITHUB_REF_NAME}"
        --render "json=$TURBO_HIPSTER_RESULTS/report.json"
    )
else
    if [ -e "$TURBO_HIPSTER_RESULTS" ]; then
        echo "$TURBO_HIPSTER_RESULTS is there already: name another folder" \
            "as results" >&2
        exit 2
    fi
    comment=${RUNNER_TEMP:-/tmp}/turbo-hipster-summary.md
    words+=(
        run "$TURBO_HIPSTER_JOB"
        --project "$TURBO_HIPSTER_PROJECT"
        --base "$TURBO_HIPSTER_BASE"
        --results "$TURBO_HIPSTER_RESULTS"
    )
fi
words+=(--render auto --render "markdown=$comment")
if [ -n "$TURBO_HIPSTER_SARIF" ]; then
    words+=(--render "sarif=$TURBO_HIPSTER_SARIF")
fi
while IFS= read -r line; do
    if [ -n "$line" ]; then
        words+=(--param "$line")
    fi
done <<<"$TURBO_HIPSTER_PARAMS"

status=0
turbo-hipster "${words[@]}" || status=$?
judged=false
if [ "$status" -le 1 ]; then
    judged=true
fi
{
    echo "status=$status"
    echo "judged=$judged"
    echo "comment=$comment"
    echo "results=$TURBO_HIPSTER_RESULTS"
} >>"$GITHUB_OUTPUT"
exit "$status"
