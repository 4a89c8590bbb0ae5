#!/usr/bin/env bash
# Put a report into a pull request: one comment, replaced in place.
#
#     comment.sh NUMBER FILE
#
# The first line of FILE is a hidden mark with job and project; the comment of
# ours that begins with it is the one to replace.  Needs the command gh, and
# GH_TOKEN of one that may write comments; AUTHOR is who that is.
set -euo pipefail

number=$1 file=$2
author=${AUTHOR:-github-actions[bot]}
comments=repos/$GITHUB_REPOSITORY/issues/$number/comments

found=$(gh api --paginate "$comments?per_page=100" | python3 -c '
import json, sys
mark, author = sys.argv[1:]
text, decoder = sys.stdin.read().strip(), json.JSONDecoder()
while text:  # a list for each page
    page, end = decoder.raw_decode(text)
    for one in page:
        if one["user"]["login"] == author and one["body"].startswith(mark):
            print(one["id"])
            raise SystemExit
    text = text[end:].lstrip()
' "$(head -n 1 "$file")" "$author")

if [ -n "$found" ]; then
    gh api --silent --method PATCH \
        "repos/$GITHUB_REPOSITORY/issues/comments/$found" -F body=@"$file"
else
    gh api --silent --method POST "$comments" -F body=@"$file"
fi
