/** Combines translator and config writer: from a snapshot to the files of the NGINX configuration. */
import type {WrittenTranslation} from '../../controller/reconcile.js'
import type {ClusterSnapshot} from '../../core/cluster/snapshot.js'
import type {HostState} from '../../core/model/host-state.js'
import type {Steps} from '../../core/model/steps.js'
import type {Translator} from '../../core/translate/translator.js'
import type {ConfigWriter} from '../../dataplane/nginx/config/render.js'

export type Pipeline = {readonly translator: Translator; readonly writer: ConfigWriter}

/** Pure, and never throws, whatever the objects contain. The diagnostics are unsorted and without positions. */
export function* translateInSteps(
  {translator, writer}: Pipeline,
  snapshot: ClusterSnapshot,
  host: HostState,
): Steps<WrittenTranslation> {
  const {loadBalancer, services, diagnostics} = yield* translator.translateInSteps(snapshot, host)
  const written = yield* writer.writeInSteps(loadBalancer)
  const all = [...diagnostics, ...written.diagnostics]
  return {loadBalancer, services, files: written.files, diagnostics: all}
}
