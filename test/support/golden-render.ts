/** From a golden case to what `lbex render` prints for it, by the same parts that lbex is made of. */
import {assembleGeneration} from '../../src/dataplane/nginx/config/generation.js'
import {sortDiagnostics} from '../../src/diagnostics/diagnostic.js'
import type {LoadBalancer} from '../../src/core/model/load-balancer.js'
import {renderText} from '../../src/report/render-report.js'
import {createManifestSource} from '../../src/sources/manifests/manifest-source.js'
import {translate} from './translate.js'
import type {Expected, GoldenCase} from './golden-cases.js'

export type GoldenResult = Expected & {readonly loadBalancer: LoadBalancer}

export async function renderCase({folder, manifests, coverage, options}: GoldenCase): Promise<GoldenResult> {
  const source = createManifestSource({paths: manifests, cwd: folder, coverage})
  const {snapshot, diagnostics, locate} = await source.read(new AbortController().signal)
  const {loadBalancer, files, diagnostics: found} = translate(snapshot, options)
  const {output, notes} = renderText({
    loadBalancer,
    generation: assembleGeneration(files),
    diagnostics: sortDiagnostics(locate([...diagnostics, ...found])),
  })
  return {conf: output, diagnostics: notes, loadBalancer}
}
