/** The time of a configtest for Services that share one port by server name, compared with ports of their own in the same run. */
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {writeOutputFolder} from '../src/cli/run/output-folder.js'
import {testGeneration} from '../src/dataplane/nginx/apply/test-configuration.js'
import {assembleGeneration} from '../src/dataplane/nginx/config/generation.js'
import {discoverNginx} from '../src/dataplane/nginx/host/discover-nginx.js'
import {getNginx} from '../scripts/get-nginx.mjs'
import {anEndpoint, aService, aSlice, aSnapshot} from '../test/support/builders.js'
import {translate} from '../test/support/translate.js'
import {options} from './clusters.js'
import {figures, type Figures} from './measure.js'

const ROUNDS = 11

const KINDS = ['ports', 'names', 'names with ranges'] as const
type Kind = (typeof KINDS)[number]

export type NamesResult = {readonly services: number; readonly ratio: number} & Readonly<
  Record<Kind, Figures>
>

export async function benchNames(services: number): Promise<NamesResult> {
  const {binary, modulePath} = await getNginx()
  const {capabilities} = await discoverNginx({binary, ...(modulePath && {modulePath})})
  const root = await mkdtemp(join(tmpdir(), 'lbex-bench-'))
  try {
    for (const kind of KINDS) {
      const directory = join(root, kind.replaceAll(' ', '-'))
      const {files} = translate(namesCluster(kind, services), options({directory, nginx: capabilities}))
      await writeOutputFolder(directory, assembleGeneration(files).files)
    }
    return {services, ...(await measure(binary, root))}
  } finally {
    await rm(root, {recursive: true, force: true})
  }
}

async function measure(binary: string, root: string): Promise<Omit<NamesResult, 'services'>> {
  const times: Record<Kind, number[]> = {ports: [], names: [], 'names with ranges': []}
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const kind of KINDS) {
      const start = performance.now()
      const refusal = await testGeneration(binary, join(root, kind.replaceAll(' ', '-')))
      if (refusal) throw new Error(refusal.message)
      times[kind].push(performance.now() - start)
    }
  }
  const [ports, names, ranges] = KINDS.map((kind) => figures(times[kind])) as [Figures, Figures, Figures]
  const ratio = Math.round((names.median / ports.median) * 100) / 100
  return {ports, names, 'names with ranges': ranges, ratio}
}

/** Services with three endpoints each, on `firstPort` and above, or all on `firstPort`. */
export function namesCluster(kind: Kind, services: number, firstPort = 20_000): ReturnType<typeof aSnapshot> {
  const indexes = Array.from({length: services}, (_, index) => index)
  return aSnapshot(
    indexes.flatMap((index) => {
      const [high, low] = [index >> 8, index & 255]
      const service = aService(`service-${index}`)
        .annotated({
          'upstream-type': 'pod',
          ...(kind !== 'ports' && {hosts: `service-${index}.example.com`}),
          ...(kind === 'names with ranges' && {'source-ranges': `10.${high}.${low}.0/24`}),
        })
        .port('https', 443, {listen: kind === 'ports' ? firstPort + index : firstPort})
      const endpoints = [1, 2, 3].map((pod) => anEndpoint(`10.${pod}.${high}.${low}`))
      return [
        service,
        aSlice(`service-${index}`)
          .port('https', 443)
          .endpoints(...endpoints),
      ]
    }),
  )
}
