#!/bin/sh
# Says what is missing to build the inbox, and fails; says nothing where all is there.
if ! command -v node >/dev/null 2>&1; then
  found="there is none"
else
  found="this is $(node --version 2>/dev/null)"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number);
    process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null 2>&1 && exit 0
fi
echo "The inbox in the browser needs Node.js 20.19 or newer with npm to be built, and $found." >&2
echo "Install it from https://nodejs.org/ (or nvm, fnm, brew), then run \`make web\`." >&2
exit 1
