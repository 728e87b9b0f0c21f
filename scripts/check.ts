/** npm run check: runs every gate, two at a time, and shows the output of those that fail. */
import {spawn} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Each is a script of package.json, so that it can be run alone. */
const GATES = [
  'check:types',
  'check:lint',
  'check:format',
  'check:imports',
  'check:unused',
  'check:generated',
  'check:files',
  'check:words',
  'check:commits',
]
const AT_A_TIME = 2

const failures: {title: string; message: string}[] = []
const waiting = [...GATES]
await Promise.all(Array.from({length: AT_A_TIME}, runGates))
mkdirSync(`${root}.cache`, {recursive: true})
const failed = failures.length
writeFileSync(
  `${root}.cache/gates.json`,
  `${JSON.stringify({passed: GATES.length - failed, failed, failures})}\n`,
)
process.exitCode = failed === 0 ? 0 : 1

async function runGates(): Promise<void> {
  for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
    const {holds, output} = await runScript(gate)
    console.log(`${holds ? 'ok    ' : 'FAILED'} ${gate}`)
    if (holds) continue
    failures.push({title: gate, message: output})
    console.log(output)
  }
}

function runScript(name: string): Promise<{holds: boolean; output: string}> {
  const npm = spawn('npm', ['run', '--silent', name], {cwd: root, stdio: ['ignore', 'pipe', 'pipe']})
  const parts: Buffer[] = []
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (part: Buffer) => parts.push(part))
  return new Promise((resolve, reject) => {
    npm.on('error', reject)
    npm.on('close', (code) => resolve({holds: code === 0, output: Buffer.concat(parts).toString().trimEnd()}))
  })
}
