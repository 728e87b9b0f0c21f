/** npm run chaos: faults, random life, kills, failover and memory, on this machine. Exits with 1 if something went wrong. */
import {readArguments, USAGE, type ChaosOptions} from './chaos/arguments.js'
import {RUN} from './chaos/parts.js'
import {atTheEnd, environment} from './environment.js'
import {partMarkdown, violationsOf, writeReport, type PartResult} from './report.js'

const argv = process.argv.slice(2)
if (argv.includes('--help')) console.log(USAGE)
else process.exitCode = await run(options())

function options(): ChaosOptions {
  try {
    return readArguments(argv, Math.floor(Math.random() * 1_000_000))
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`)
    process.exit(2)
  }
}

/** Returns the exit code. */
async function run(chosen: ChaosOptions): Promise<number> {
  const [started, begun, before] = [new Date(), performance.now(), await environment()]
  console.log(`seed ${chosen.seed}`)
  const parts: Record<string, PartResult> = {}
  for (const name of chosen.parts) {
    const tables = await RUN[name](chosen).catch((error: unknown) => ({[name]: brokenOff(error)}))
    for (const [title, table] of Object.entries(tables)) {
      parts[title] = table
      console.log(`\n${partMarkdown(title, table)}`)
    }
  }
  const files = await writeReport({
    ...{name: 'chaos', command: commandOf(chosen), started, notes: chosen.notes, parts},
    seconds: Math.round((performance.now() - begun) / 1000),
    environment: atTheEnd(before),
  })
  const violations = violationsOf({parts})
  console.log(`\nwritten to ${files.join(' and ')}`)
  console.log(violations.length === 0 ? 'no violation' : `violations: ${violations.length}`)
  console.log(`to repeat: ${commandOf(chosen)}`)
  return violations.length === 0 ? 0 : 1
}

function brokenOff(error: unknown): PartResult {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {title: 'This part ended before its end.', rows: [], violations: [text]}
}

/** With the flags of the parts that ran. */
function commandOf({parts, minutes, count, changes, seed, suite}: ChaosOptions): string {
  const flags = {
    soak: ` --minutes ${minutes}`,
    moments: ` --count ${count}`,
    memory: ` --changes ${changes}`,
    faults: '',
    failover: '',
  }
  const isRandom = parts.includes('soak') || parts.includes('moments')
  const common = isRandom ? ` --seed ${seed} --suite ${suite}` : ''
  return `npm run chaos -- ${parts.join(' ')}${parts.map((name) => flags[name]).join('')}${common}`
}
