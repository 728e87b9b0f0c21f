/** The pure middle: from a snapshot to the NGINX configuration that it asks for. */
import type {ConfigFile} from '../../config-file.js'
import {finish, type Steps} from '../../../core/model/steps.js'
import type {Diagnostic} from '../../../diagnostics/diagnostic.js'
import {evaluateInSteps, type EvaluateOptions} from '../../../core/translate/evaluate.js'
import type {LoadBalancer} from '../../../core/model/load-balancer.js'
import type {RenderOptions} from './render-options.js'
import {renderInSteps} from './render.js'
import type {ClusterSnapshot} from '../../../core/cluster/snapshot.js'

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
  return finish(translateInSteps(snapshot, options))
}

/** As `translate`, a little at a time: thousands of Services take longer than a daemon may be silent. */
export function* translateInSteps(snapshot: ClusterSnapshot, options: TranslateOptions): Steps<Translation> {
  const {loadBalancer, diagnostics} = yield* evaluateInSteps(snapshot, options)
  const rendering = yield* renderInSteps(loadBalancer, options)
  return {loadBalancer, files: rendering.files, diagnostics: [...diagnostics, ...rendering.diagnostics]}
}
