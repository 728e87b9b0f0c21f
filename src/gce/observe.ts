/** Reads all resources that a plan needs, concurrently. */
import type {Gcloud} from './gcloud.js'
import {keyOf, Observed} from './observed.js'
import type {ResourceQuery} from './resource.js'

/** Rejects with the first error, after all processes have ended. */
export async function observe(gcloud: Gcloud, queries: readonly ResourceQuery[]): Promise<Observed> {
  const answers = new Map<string, Promise<unknown>>()
  const ask = async (query: ResourceQuery): Promise<unknown> => {
    const {onlyWithout, onlyWith} = query
    if (onlyWithout && (await answerTo(onlyWithout)) !== undefined) return undefined
    if (onlyWith && (await answerTo(onlyWith)) === undefined) return undefined
    return gcloud.read(query)
  }
  const answerTo = (query: ResourceQuery): Promise<unknown> => {
    const key = keyOf(query.args)
    const answer = answers.get(key) ?? ask(query)
    answers.set(key, answer)
    return answer
  }
  const all = queries.map(async (query) => [query.args, await answerTo(query)] as const)
  await Promise.allSettled(all)
  return Observed.of(await Promise.all(all))
}
