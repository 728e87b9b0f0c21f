/** Asks gcloud for all that a plan needs to know, at the same time. */
import type {Gcloud} from './gcloud.js'
import {Seen} from './seen.js'
import type {Reading} from './thing.js'

/** Rejects with the first trouble, once nothing runs any more. */
export async function observe(gcloud: Gcloud, readings: readonly Reading[]): Promise<Seen> {
  const all = readings.map(async (reading) => [reading.args, await gcloud.read(reading)] as const)
  await Promise.allSettled(all)
  return Seen.of(await Promise.all(all))
}
