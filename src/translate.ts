/** The pure middle: from a snapshot to the NGINX configuration that it asks for. */
import type {ConfigFile} from './config/config-file.js'
import type {Diagnostic} from './diagnostics/diagnostic.js'
import {evaluate, type EvaluateOptions} from './evaluate.js'
import type {LoadBalancer} from './model/load-balancer.js'
import type {RenderOptions} from './render/options.js'
import {render} from './render/render.js'
import type {ClusterSnapshot} from './snapshot/snapshot.js'

export type TranslateOptions = EvaluateOptions & RenderOptions

export type Translation = {
  readonly loadBalancer: LoadBalancer
  /** nginx.conf and one file for each served Service; assembleGeneration makes a complete tree of them. */
  readonly files: readonly ConfigFile[]
  /** Unsorted; without positions. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Pure, total and deterministic. Work is remembered by the identity of the objects: a change costs what it touches. */
export function translate(snapshot: ClusterSnapshot, options: TranslateOptions): Translation {
  const {loadBalancer, diagnostics} = evaluate(snapshot, options)
  const rendering = render(loadBalancer, options)
  return {loadBalancer, files: rendering.files, diagnostics: [...diagnostics, ...rendering.diagnostics]}
}
