#!/usr/bin/env bash
# Put a report into a merge request: one note, replaced in place.
#
#     comment.sh FILE
#
# The first line of FILE is a hidden mark with job and project; the note of
# ours that begins with it is the one to replace.  GITLAB_TOKEN is that of one
# that may write notes (a job's own token may not); AUTHOR is who that is.
set -euo pipefail

file=$1
project=$CI_API_V4_URL/projects/$CI_PROJECT_ID
notes=$project/merge_requests/$CI_MERGE_REQUEST_IID/notes

# the token is read from a pipe: arguments are seen by every user
api() {
    curl --silent --show-error --fail --config <(
        echo "header = \"PRIVATE-TOKEN: $GITLAB_TOKEN\""
    ) "$@"
}

found='' page=1
while [ -z "$found" ] && [ -n "$page" ]; do
    answer=$(api --include "$notes?per_page=100&page=$page")
    read -r found page <<<"$(python3 -c '
import json, sys
mark, author = sys.argv[1:]
head, _, body = sys.stdin.read().replace("\r\n", "\n").partition("\n\n")
found = next(
    (
        str(one["id"])
        for one in json.loads(body)
        if one["author"]["username"] == author
        and one["body"].startswith(mark)
    ),
    "-",
)
pages = [
    line.partition(":")[2].strip()
    for line in head.splitlines()
    if line.lower().startswith("x-next-page:")
]
print(found, *pages)
' "$(head -n 1 "$file")" "$AUTHOR" <<<"$answer")"
    found=${found#-}
done

if [ -n "$found" ]; then
    api --output /dev/null --request PUT "$notes/$found" \
        --data-urlencode body@"$file"
else
    api --output /dev/null --request POST "$notes" \
        --data-urlencode body@"$file"
fi
