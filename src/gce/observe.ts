/** Asks gcloud for all that a plan needs to know, at the same time. */
import type {Gcloud} from './gcloud.js'
import {Seen} from './seen.js'
import type {Reading} from './thing.js'

export async function observe(gcloud: Gcloud, readings: readonly Reading[]): Promise<Seen> {
  return Seen.of(
    await Promise.all(readings.map(async (reading) => [reading.args, await gcloud.read(reading)] as const)),
  )
}
