#!/bin/sh
# Makes a repository of N small files in directories of 100, with a policy of 20 specialists, 20 areas and 100 patterns on its main branch,
# and one file staged after the commit. Usage: make-repository.sh N DIRECTORY
set -eu
[ $# -eq 2 ] || { echo "usage: $0 N DIRECTORY" >&2; exit 2; }
count=$1 directory=$2

policy() {
    printf 'version = 1\nbase = "main"\n\n[defaults]\nmax-files-per-commit = 10\nmax-files-per-session = 10\n'
    printf 'max-lines-per-commit = 500\nmax-lines-per-session = 1500\nmax-bytes-per-commit = "200 KiB"\nmax-file-size = "1 MiB"\n'
    printf 'max-areas-per-session = 5\n\n[evidence]\ncommit = "recorded"\nbranch = "claimed"\nland = "claimed"\n'
    printf '\n[suite.all]\nrun = "true"\n'
    i=1
    while [ "$i" -le 20 ]; do
        printf '\n[specialist.expert-%s]\nemails = ["expert-%s@agents.example"]\nprohibited = ["secret%s/"]\n' "$i" "$i" "$i"
        printf '\n[area.area-%s]\npaths = ["zone%s/", "**/zone%s/", "**/*_zone%s.py", "part%s/*.c"]\nrequires = ["all"]\n' "$i" "$i" "$i" "$i" "$i"
        i=$((i + 1))
    done
    printf '\n[specialist."*"]\nmax-files-per-commit = 3\n'
}

git init -q -b main "$directory"
cd "$directory"
policy >policy.toml
policy_blob=$(git hash-object -w policy.toml)
awk -v n="$count" -v policy="$policy_blob" 'BEGIN {
    print "commit refs/heads/main\ncommitter Bench <bench@example.org> 1700000000 +0000\ndata 5\nbench"
    print "M 100644 " policy " policy.toml"
    for (i = 0; i < n; i++) {
        text = "file " i "\n"
        printf "M 100644 inline src/d%03d/d%03d/f%06d.txt\ndata %d\n%s\n", int(i / 10000), int(i / 100) % 100, i, length(text), text
    }
}' | git fast-import --quiet
git config user.name Bench
git config user.email expert-1@agents.example
git reset -q --hard
echo "one more line" >>src/d000/d000/f000000.txt
git add src/d000/d000/f000000.txt
git write-tree >/dev/null # as `git commit` completes the cache tree before it runs pre-commit
