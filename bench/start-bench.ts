/** Cold start of the built program, alternating with bare Node.js for comparison. */
import {execFileSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {figures, round, type Figures} from './measure.js'

const program = fileURLToPath(new URL('../bin/run.js', import.meta.url))
const manifest = fileURLToPath(new URL('../examples/my-nginx.yaml', import.meta.url))

export type StartResult = {readonly node: Figures; readonly render: Figures; readonly ratio: number}

/** `ratio`: of the minima, which other load on the machine affects least. */
export function benchStart(times = 21): StartResult {
  const node: number[] = []
  const render: number[] = []
  for (let run = 0; run < times; run += 1) {
    node.push(timeOf(['-e', '0']))
    render.push(timeOf([program, 'render', '-f', manifest]))
  }
  const [bare, ours] = [figures(node), figures(render)]
  return {node: bare, render: ours, ratio: round(ours.min / bare.min)}
}

function timeOf(parameters: readonly string[]): number {
  const start = performance.now()
  execFileSync(process.execPath, parameters, {stdio: 'ignore'})
  return performance.now() - start
}
