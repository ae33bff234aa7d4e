#!/usr/bin/env bash
# Vite 8.3.8: a development server that was opened earlier in a process makes a later production build say that it is none.
#
# `createServer` sets process.env.NODE_ENV to "development" where it is not set, and closing the server leaves it so. `build` of the
# same process then keeps it, though its mode is "production": `import.meta.env.PROD` is false in the files that it writes, and
# `import.meta.env.MODE` beside it says "production". In a process of its own the same build writes true. No warning is given.
#
# So whatever tests serve and build in one process, or has NODE_ENV set by a shell, should not take `import.meta.env.PROD` for "was
# built": a constant defined from the config's `command` is that.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
unset NODE_ENV
echo '{ "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts vite@8.3.8

echo '<script type="module" src="./main.js"></script>' >index.html
echo 'console.log(`PROD ${import.meta.env.PROD} MODE ${import.meta.env.MODE}`);' >main.js
cat >try.js <<'END'
import { readFileSync, readdirSync } from 'node:fs';
import { build, createServer, version } from 'vite';

if (process.argv[2] === 'server first') {
  const server = await createServer({ configFile: false, logLevel: 'error', server: { port: 0 } });
  await server.close();
}
await build({ configFile: false, logLevel: 'error' });
const [file] = readdirSync('dist/assets');
console.log(version, process.env.NODE_ENV, /PROD \w+ MODE \w+/.exec(readFileSync(`dist/assets/${file}`, 'utf8'))?.[0]);
END

alone=$(node try.js)
after=$(node try.js 'server first')
echo "build alone: $alone"
echo "build after a server: $after"
[[ $alone == '8.3.8 production PROD true MODE production' ]]
[[ $after == '8.3.8 development PROD false MODE production' ]]
