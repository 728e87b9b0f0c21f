/** From the load balancer to the files of its NGINX configuration. Template text comes in as a value. */
import type {ConfigFile} from '../../config-file.js'
import {finish, mapInSteps, type Steps} from '../../../core/model/steps.js'
import {diagnose, type Diagnostic} from '../../../diagnostics/diagnostic.js'
import type {LoadBalancer, ServedService} from '../../../core/model/load-balancer.js'
import type {RenderOptions} from './render-options.js'
import {RefusedValue} from './output-guard.js'
import {renderMain} from './render-main.js'
import {renderService} from './render-service.js'
import {parseTemplate, UnsafeOutput, type Template} from './template.js'

export type Rendering = {
  readonly files: readonly ConfigFile[]
  /** `value-refused` for each Service that is left out because of it. */
  readonly diagnostics: readonly Diagnostic[]
}

export type ConfigWriter = {
  /** Depends on the load balancer and the options alone. A file that stays the same is the same object. */
  readonly write: (loadBalancer: LoadBalancer) => Rendering
  /** As `write`, a few Services at a time. May be abandoned after any step. */
  readonly writeInSteps: (loadBalancer: LoadBalancer) => Steps<Rendering>
}

/**
 * Owns the parsed templates and what is remembered from one load balancer to the next: the file of each Service, by the
 * identity of the ServedService, and the last nginx.conf. Throws if a template is invalid.
 */
export function createConfigWriter(options: RenderOptions): ConfigWriter {
  const files: Files = {main: rememberMain(options), service: rememberServices(options)}
  const writeInSteps = (loadBalancer: LoadBalancer): Steps<Rendering> => writeFiles(loadBalancer, files)
  return {writeInSteps, write: (loadBalancer) => finish(writeInSteps(loadBalancer))}
}

type Rendered = {readonly file?: ConfigFile; readonly diagnostic?: Diagnostic}

/** Each remembers what it wrote. */
type Files = {
  readonly main: (listeners: number) => ConfigFile
  readonly service: (service: ServedService) => Rendered
}

function* writeFiles(loadBalancer: LoadBalancer, {main, service}: Files): Steps<Rendering> {
  const rendered = yield* mapInSteps(loadBalancer.services, service)
  const files = rendered.map(({file}) => file).filter((file) => file !== undefined)
  const listeners = files.reduce((count, file) => count + file.listeners.length, 0)
  return {
    files: [main(listeners), ...files],
    diagnostics: rendered.map(({diagnostic}) => diagnostic).filter((found) => found !== undefined),
  }
}

function rememberMain(options: RenderOptions): Files['main'] {
  const template = parseTemplate('nginx.conf.liquid', options.templates.main)
  let last: ConfigFile | undefined
  return (listeners) => {
    const file = renderMain(listeners, options, template)
    return file.text === last?.text ? last : (last = file)
  }
}

function rememberServices({templates}: RenderOptions): Files['service'] {
  const template = parseTemplate('service.conf.liquid', templates.service)
  const remembered = new WeakMap<ServedService, Rendered>()
  return (service) => {
    let rendered = remembered.get(service)
    if (!rendered) remembered.set(service, (rendered = renderOrRefuse(service, template)))
    return rendered
  }
}

/** A refused value costs its Service, not the run. */
function renderOrRefuse(service: ServedService, template: Template): Rendered {
  try {
    return {file: renderService(service, template)}
  } catch (error) {
    if (!(error instanceof UnsafeOutput || error instanceof RefusedValue)) throw error
    const place = error instanceof UnsafeOutput ? error.place : 'the name of its file'
    return {diagnostic: diagnose('value-refused', {subject: service, args: {value: error.value, place}})}
  }
}
