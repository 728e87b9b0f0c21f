/** From the load balancer to the files of its NGINX configuration. Template text comes in as a value. */
import type {ConfigFile} from '../../config-file.js'
import {finish, mapInSteps, type Steps} from '../../../core/model/steps.js'
import {diagnose, type Diagnostic} from '../../../diagnostics/diagnostic.js'
import type {LoadBalancer, ServedService} from '../../../core/model/load-balancer.js'
import type {RenderOptions, Templates} from './render-options.js'
import {RefusedValue} from './output-guard.js'
import {renderMain} from './render-main.js'
import {renderService} from './render-service.js'
import {parseTemplate, UnsafeOutput, type Template} from './template.js'

export type Rendering = {
  readonly files: readonly ConfigFile[]
  /** `value-refused` for each Service that is left out because of it. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Pure and deterministic. A file that stays the same is the same object, as long as the templates are the same. */
export function render(loadBalancer: LoadBalancer, options: RenderOptions): Rendering {
  return finish(renderInSteps(loadBalancer, options))
}

/** As `render`, a little at a time. */
export function* renderInSteps(loadBalancer: LoadBalancer, options: RenderOptions): Steps<Rendering> {
  const press = pressFor(options.templates)
  const rendered = yield* mapInSteps(loadBalancer.services, (service) => press.service(service))
  const files = rendered.map(({file}) => file).filter((file) => file !== undefined)
  const listeners = files.reduce((count, file) => count + file.listeners.length, 0)
  return {
    files: [press.main(listeners, options), ...files],
    diagnostics: rendered.map(({diagnostic}) => diagnostic).filter((found) => found !== undefined),
  }
}

type Rendered = {readonly file?: ConfigFile; readonly diagnostic?: Diagnostic}

/** Parsed templates, and what was made with them. */
type Press = {
  readonly main: (listeners: number, options: RenderOptions) => ConfigFile
  readonly service: (service: ServedService) => Rendered
}

const presses = new WeakMap<Templates, Press>()

function pressFor(templates: Templates): Press {
  let press = presses.get(templates)
  if (!press) presses.set(templates, (press = makePress(templates)))
  return press
}

function makePress(templates: Templates): Press {
  const main = parseTemplate('nginx.conf.liquid', templates.main)
  const service = parseTemplate('service.conf.liquid', templates.service)
  const remembered = new WeakMap<ServedService, Rendered>()
  let lastMain: ConfigFile | undefined
  return {
    main(listeners, options) {
      const file = renderMain(listeners, options, main)
      return file.text === lastMain?.text ? lastMain : (lastMain = file)
    },
    service(served) {
      let rendered = remembered.get(served)
      if (!rendered) remembered.set(served, (rendered = renderOrRefuse(served, service)))
      return rendered
    },
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
