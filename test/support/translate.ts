/** Translator and config writer for tests. evaluate, render and translate remember nothing from the call before. */
import {translateInSteps, type Pipeline} from '../../src/cli/run/translate.js'
import type {WrittenTranslation} from '../../src/controller/reconcile.js'
import type {ClusterSnapshot} from '../../src/core/cluster/snapshot.js'
import {UNKNOWN_HOST_STATE, type HostState} from '../../src/core/model/host-state.js'
import type {LoadBalancer} from '../../src/core/model/load-balancer.js'
import {finish} from '../../src/core/model/steps.js'
import {
  createTranslator,
  type Translation as Evaluation,
  type TranslatorOptions,
} from '../../src/core/translate/translator.js'
import type {BindError} from '../../src/diagnostics/bind-error.js'
import type {RenderOptions} from '../../src/dataplane/nginx/config/render-options.js'
import {createConfigWriter, type Rendering} from '../../src/dataplane/nginx/config/render.js'

/** `host` is what is known of the host, by default nothing. */
export type TestOptions = TranslatorOptions & RenderOptions & {readonly host?: Partial<HostState>}

export function hostOf({host}: Pick<TestOptions, 'host'>): HostState {
  return {...UNKNOWN_HOST_STATE, ...host}
}

/** A host that cannot have these listeners, by listenerId, with the reason. */
export function without(unavailable: Readonly<Record<string, BindError>>): Pick<HostState, 'unavailable'> {
  return {unavailable: new Map(Object.entries(unavailable))}
}

export function evaluate(
  snapshot: ClusterSnapshot,
  options: TranslatorOptions & Pick<TestOptions, 'host'>,
): Evaluation {
  return createTranslator(options).translate(snapshot, hostOf(options))
}

export function render(loadBalancer: LoadBalancer, options: RenderOptions): Rendering {
  return createConfigWriter(options).write(loadBalancer)
}

export function createPipeline(options: TestOptions): Pipeline {
  return {translator: createTranslator(options), writer: createConfigWriter(options)}
}

export function translate(snapshot: ClusterSnapshot, options: TestOptions): WrittenTranslation {
  return translateWith(createPipeline(options), snapshot, hostOf(options))
}

export function translateWith(
  pipeline: Pipeline,
  snapshot: ClusterSnapshot,
  host: HostState = UNKNOWN_HOST_STATE,
): WrittenTranslation {
  return finish(translateInSteps(pipeline, snapshot, host))
}
