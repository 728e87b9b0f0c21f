/** Translate and render: with empty caches, and after a change of the endpoints of one Service. */
import {createPipeline, translate, translateWith} from '../test/support/translate.js'
import {aCluster, options, withChangedEndpoints} from './clusters.js'
import {figures, measure, round, type Figures} from './measure.js'

const ENDPOINTS = 10

export type TranslateResult = {
  readonly services: number
  readonly cold: Figures
  readonly coldPerService: number
  readonly oneChange: Figures
}

export async function benchTranslate(services: number): Promise<TranslateResult> {
  const durations: number[] = []
  for (let run = 0; run < 3; run += 1)
    durations.push((await measure(1, () => translate(aCluster(services, ENDPOINTS), options()))).median)
  const cold = figures(durations)
  return {
    services,
    cold,
    coldPerService: round((cold.median / services) * 1000) / 1000,
    oneChange: await benchOneChange(services),
  }
}

async function benchOneChange(services: number): Promise<Figures> {
  const pipeline = createPipeline(options())
  let cluster = aCluster(services, ENDPOINTS)
  translateWith(pipeline, cluster)
  return measure(21, (run) => {
    cluster = withChangedEndpoints(cluster, (run * 7) % services, run + 1)
    return translateWith(pipeline, cluster)
  })
}
