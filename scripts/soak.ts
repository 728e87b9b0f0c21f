/** npm run soak: hours of changes, faults and traffic in minutes. `npm run soak -- --minutes 30 --seed 7` repeats one. */
import {parseArgs} from 'node:util'
import {soak} from '../test/e2e/soak/soak.js'

const {values} = parseArgs({
  options: {
    minutes: {type: 'string', default: '5'},
    seed: {type: 'string', default: `${Math.floor(Math.random() * 1_000_000)}`},
  },
})
const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('soak [--minutes NUMBER] [--seed INTEGER]')
  process.exit(2)
}

console.log(`${minutes} minutes, seed ${seed}`)
const repeat = `npm run soak -- --minutes ${minutes} --seed ${seed}`
try {
  const {violations, ...report} = await soak({seed, milliseconds: minutes * 60_000})
  console.dir(report, {depth: null})
  for (const violation of violations) console.error(`violation: ${violation}`)
  if (violations.length > 0) throw new Error(`${violations.length} violations`)
  console.log('no violation')
} catch (error) {
  console.error(error)
  console.error(`seed ${seed}; to repeat: ${repeat}`)
  process.exitCode = 1
}
