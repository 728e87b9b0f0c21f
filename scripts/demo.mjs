// npm run demo: makes the clone ready, builds lbex, and shows it at work. Plain JavaScript, because nothing is installed yet.
import {spawnSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

for (const [script, ...parameters] of [
  ['scripts/setup.mjs'],
  ['scripts/build.mjs'],
  ['--import=tsx', 'scripts/demo/main.ts', ...process.argv.slice(2)],
]) {
  const {status, signal} = spawnSync(process.execPath, [script, ...parameters], {cwd: root, stdio: 'inherit'})
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 3))
}
