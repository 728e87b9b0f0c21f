/** Asks gcloud for all that a plan needs to know, at the same time. */
import type {Gcloud} from './gcloud.js'
import {keyOf, Seen} from './seen.js'
import type {Reading} from './thing.js'

/** Rejects with the first trouble, once nothing runs any more. */
export async function observe(gcloud: Gcloud, readings: readonly Reading[]): Promise<Seen> {
  const answers = new Map<string, Promise<unknown>>()
  const ask = async (reading: Reading): Promise<unknown> => {
    const {onlyWithout, onlyWith} = reading
    if (onlyWithout && (await answerTo(onlyWithout)) !== undefined) return undefined
    if (onlyWith && (await answerTo(onlyWith)) === undefined) return undefined
    return gcloud.read(reading)
  }
  const answerTo = (reading: Reading): Promise<unknown> => {
    const key = keyOf(reading.args)
    const answer = answers.get(key) ?? ask(reading)
    answers.set(key, answer)
    return answer
  }
  const all = readings.map(async (reading) => [reading.args, await answerTo(reading)] as const)
  await Promise.allSettled(all)
  return Seen.of(await Promise.all(all))
}
