/**
 * Runs the demo and records it: docs/images/demo.svg is what it printed, and bench/results/demo.json the connections of its client
 * that connects without a pause. Call it again when the demo changes.
 */
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {writeFileSync} from 'node:fs'
import {cpus} from 'node:os'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {recordingSvg, type RecordedLine} from './docs/recording.js'

const root = fileURLToPath(new URL('..', import.meta.url))

const lines = await record()
writeFileSync(`${root}docs/images/demo.svg`, recordingSvg('npm run demo', lines))
writeFileSync(`${root}bench/results/demo.json`, `${JSON.stringify(resultOf(lines), undefined, 2)}\n`)

/** What the demo prints, without what prepares the clone. */
async function record(): Promise<RecordedLine[]> {
  const child = spawn(process.execPath, ['scripts/demo.mjs'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const printed: RecordedLine[] = [{at: 0, text: '$ npm run demo'}]
  let start: number | undefined
  for await (const text of createInterface({input: child.stdout})) {
    if (start === undefined && !/^1\. /.test(text)) continue
    start ??= performance.now() - 1000
    printed.push({at: (performance.now() - start) / 1000, text})
  }
  const [code] = (await ended) as [number | null]
  if (code !== 0) throw new Error(`the demo ended with exit code ${code}`)
  return printed
}

function resultOf(printed: readonly RecordedLine[]): object {
  const text = printed.map((line) => line.text).join('\n')
  const [, client = ''] = text.split('one client, all the time\n')
  const failed = /^ *failed connections: (\d+)$/m.exec(client)?.[1]
  const [table = ''] = client.split('failed connections')
  const counts = [...table.matchAll(/^ *\S+ +(\d+) /gm)].map(([, count]) => Number(count))
  if (failed === undefined || counts.length === 0)
    throw new Error('the demo printed no connections of a client')
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: {cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length, node: process.version},
    change: 'a backend leaves a Service and another one joins it, while a client connects without a pause',
    connections: counts.reduce((sum, count) => sum + count, 0) + Number(failed),
    failed: Number(failed),
  }
}
