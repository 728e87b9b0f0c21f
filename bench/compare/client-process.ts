/** A client in a process of its own: opens connections as fast as it can, and answers with the number of those that got an answer. */
import {mapLimited} from '../../src/util/concurrency.js'
import {ask} from './ask.js'
import type {Burst} from './clients.js'

const AT_ONCE = 16
/** Milliseconds. */
const PATIENCE = 10_000

process.on('message', (burst: Burst) => void open(burst))
process.on('disconnect', () => process.exit(0))

async function open({port, connections}: Burst): Promise<void> {
  const answers = await mapLimited(Array.from({length: connections}), AT_ONCE, () => ask(port, PATIENCE))
  process.send?.(answers.filter(Boolean).length)
}
