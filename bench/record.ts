/** Writes the results that docs/benchmarks.md shows, with the machine and the versions of the programs. */
import {execFile} from 'node:child_process'
import {writeFile} from 'node:fs/promises'
import {cpus, loadavg, release, totalmem} from 'node:os'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {getHaproxy} from '../scripts/get-haproxy.mjs'
import {getNginx, nginxOf} from '../scripts/get-nginx.mjs'
import {COMPARED} from './compare/compare-bench.js'

const execute = promisify(execFile)

/** Before the benchmark. */
const LOAD = Math.round(loadavg()[0] ?? 0)

/** Writes bench/results/compare.json if all its parts were measured; `npm run docs` updates the page then. */
export async function record(results: Readonly<Record<string, readonly object[]>>): Promise<void> {
  const parts = Object.keys(COMPARED)
  if (!parts.every((part) => part in results)) return
  const file = new URL('results/compare.json', import.meta.url)
  const named = Object.fromEntries(parts.map((part) => [part.replace('compare-', ''), results[part]]))
  const recorded = {date: new Date().toISOString().slice(0, 10), machine: await machine(), ...named}
  await writeFile(file, `${JSON.stringify(recorded, undefined, 2)}\n`)
  console.log(`recorded in ${fileURLToPath(file)}: run npm run docs`)
}

async function machine(): Promise<Readonly<Record<string, string | number>>> {
  const [nginx, newest, haproxy] = [await getNginx(), await nginxOf('sid'), await getHaproxy()]
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    load: LOAD,
    kernel: release(),
    node: process.version,
    nginx: await versionOf(nginx),
    nginxWithLiveUpdates: await versionOf(newest),
    haproxy: await versionOf(haproxy),
  }
}

/** The first number with dots that the program prints for -v. */
async function versionOf(program: {readonly binary: string} | {readonly reason: string}): Promise<string> {
  if ('reason' in program) return 'missing'
  const {stdout, stderr} = await execute(program.binary, ['-v'])
  return /\d+(?:\.\d+)+/.exec(stdout + stderr)?.[0] ?? 'unknown'
}
