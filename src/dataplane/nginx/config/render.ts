/** Renders the files of the NGINX configuration of a load balancer. The text of the templates is an input. */
import type {NginxFile} from '../../nginx-file.js'
import {finish, mapInSteps, type Steps} from '../../../core/model/steps.js'
import {diagnose, type Diagnostic} from '../../../diagnostics/diagnostic.js'
import type {
  Listener,
  LoadBalancer,
  Owner,
  ServedService,
  SharedListener,
} from '../../../core/model/load-balancer.js'
import type {RenderOptions} from './render-options.js'
import {RefusedValue} from './output-guard.js'
import {liveScript} from './live-view.js'
import {renderMain, type MainContent} from './render-main.js'
import {renderService, renderShared} from './render-service.js'
import {parseTemplate, UnsafeOutput} from './template.js'
import {usesTls} from './tls-view.js'

export type Rendering = {
  readonly files: readonly NginxFile[]
  /** `value-refused` for each owner of a file that is left out because of it. */
  readonly diagnostics: readonly Diagnostic[]
}

export type ConfigWriter = {
  /** Depends only on the load balancer and the options. An unchanged file is the same object. */
  readonly write: (loadBalancer: LoadBalancer) => Rendering
  /** As `write`, a few Services at a time. May be abandoned after any step. */
  readonly writeInSteps: (loadBalancer: LoadBalancer) => Steps<Rendering>
}

/**
 * Owns the parsed templates and the cache from one load balancer to the next: the file of each Service and of each shared
 * listener, by the identity of the part of the model that it is rendered from, and the last nginx.conf. Throws if a template is
 * invalid.
 */
export function createConfigWriter(options: RenderOptions): ConfigWriter {
  const scripts = options.live ? [liveScript(options.live.script)] : []
  const files: Files = {main: rememberMain(options, scripts[0]), scripts, ...rememberParts(options)}
  const writeInSteps = (loadBalancer: LoadBalancer): Steps<Rendering> => writeFiles(loadBalancer, files)
  return {writeInSteps, write: (loadBalancer) => finish(writeInSteps(loadBalancer))}
}

type Rendered = {
  readonly file?: NginxFile
  readonly diagnostics?: readonly Diagnostic[]
  /** True if a listener of the part is routed, uses TLS, or has several certificates, also if the file is left out. */
  readonly hasRoutes: boolean
  readonly hasTls: boolean
  readonly hasServerNames: boolean
}

/** Each caches its results. */
type Files = {
  readonly main: (content: MainContent) => NginxFile
  /** The script of live updates, if they are on. */
  readonly scripts: readonly NginxFile[]
  readonly service: (service: ServedService) => Rendered
  readonly shared: (shared: SharedListener) => Rendered
}

function* writeFiles(loadBalancer: LoadBalancer, {main, scripts, service, shared}: Files): Steps<Rendering> {
  const services = yield* mapInSteps(loadBalancer.services, service)
  const rendered = [...services, ...loadBalancer.shared.map(shared)]
  const files = rendered.map(({file}) => file).filter((file) => file !== undefined)
  const listeners = files.reduce((count, file) => count + file.listeners.length, 0)
  const hasRoutes = rendered.some((each) => each.hasRoutes)
  const hasTls = rendered.some((each) => each.hasTls)
  const hasServerNames = rendered.some((each) => each.hasServerNames)
  return {
    files: [main({listeners, hasRoutes, hasTls, hasServerNames}), ...scripts, ...files],
    diagnostics: rendered
      .map(({diagnostics}) => diagnostics)
      .filter((found) => found !== undefined)
      .flat(),
  }
}

/** True if NGINX chooses the upstream of a connection when it comes. */
function isRouted({routes, settings}: Listener): boolean {
  return routes.length > 1 || routes[0]?.match.type === 'sni' || settings.trustedSenders !== undefined
}

function rememberMain(options: RenderOptions, script: NginxFile | undefined): Files['main'] {
  const template = parseTemplate('nginx.conf.liquid', options.templates.main)
  let last: NginxFile | undefined
  return (content) => {
    const file = renderMain(content, options, template, script)
    return file.text === last?.text ? last : (last = file)
  }
}

function rememberParts(options: RenderOptions): Pick<Files, 'service' | 'shared'> {
  const template = parseTemplate('service.conf.liquid', options.templates.service)
  const remembered = new WeakMap<ServedService | SharedListener, Rendered>()
  const once =
    <Part extends ServedService | SharedListener>(render: (part: Part) => Rendered) =>
    (part: Part): Rendered => {
      let rendered = remembered.get(part)
      if (!rendered) remembered.set(part, (rendered = render(part)))
      return rendered
    }
  return {
    service: once((served: ServedService) =>
      renderOrRefuse([served], served.listeners, () => renderService(served, template, options)),
    ),
    shared: once((shared: SharedListener) =>
      renderOrRefuse(shared.owners, [shared.listener], () => renderShared(shared, template, options)),
    ),
  }
}

/** A refused value leaves out its file, and does not fail the reconcile. */
function renderOrRefuse(
  owners: readonly Owner[],
  listeners: readonly Listener[],
  write: () => NginxFile,
): Rendered {
  const uses = {
    hasRoutes: listeners.some(isRouted),
    hasTls: listeners.some(usesTls),
    hasServerNames: listeners.some(({routes}) => routes.some((route) => route.tls)),
  }
  try {
    return {file: write(), ...uses}
  } catch (error) {
    if (!(error instanceof UnsafeOutput || error instanceof RefusedValue)) throw error
    const place = error instanceof UnsafeOutput ? error.place : 'the name of its file'
    const args = {value: error.value, place}
    return {...uses, diagnostics: owners.map((subject) => diagnose('value-refused', {subject, args}))}
  }
}
