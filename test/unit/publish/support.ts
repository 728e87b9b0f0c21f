/** Services of type LoadBalancer with our class, as lbex translates them. */
import type {Service} from '../../../src/core/cluster/objects.js'
import type {StatusAddresses} from '../../../src/core/cluster/written-state.js'
import {servedPorts, type ServedPorts} from '../../../src/publish/served-ports.js'
import type {Translation} from '../../../src/core/translate/translator.js'
import {aService, aSlice, anEndpoint, aNode, aSnapshot, options} from '../../support/builders.js'
import {evaluate, type TestOptions} from '../../support/translate.js'

export type ServiceParts = {
  /** Listen ports by port name; the Service port is the same. */
  readonly ports?: Readonly<Record<string, number | string>>
  readonly fields?: Partial<Service>
}

export function ofOurClass(name: string, {ports = {main: 8080}, fields = {}}: ServiceParts = {}): Service {
  let service = aService(name)
    .notOurs()
    .with({type: 'LoadBalancer', loadBalancerClass: 'loadbalancer-lbex', uid: `uid-of-${name}`})
  for (const [port, listen] of Object.entries(ports))
    service = service.port(port, Number.parseInt(`${listen}`, 10) || 1, {listen})
  return service.with(fields).build()
}

/** Every Service has a ready endpoint, unless its name is in `idle`. */
export function translationOf(
  services: readonly Service[],
  {
    idle = [],
    statusAddresses = new Map(),
    ...overrides
  }: Partial<TestOptions> & {
    readonly idle?: readonly string[]
    readonly statusAddresses?: StatusAddresses
  } = {},
): Translation {
  const slices = services.map(({ref: {name}, ports}) => {
    let slice = aSlice(name)
    for (const port of ports) slice = slice.port(port.name, 8080, port.protocol)
    return idle.includes(name) ? slice : slice.endpoints(anEndpoint('10.1.0.1').on('a'))
  })
  const node = aNode('a').internal('192.0.2.1')
  return evaluate({...aSnapshot([...services, ...slices, node]), statusAddresses}, options(overrides))
}

/** The served ports of the first Service. */
export function servedOf(translation: Translation, isLeftOut = false): ServedPorts {
  const [first] = translation.services
  if (!first) throw new Error('no Service asks for lbex')
  const {name} = first.intent.service.ref
  return servedPorts(
    first,
    translation.diagnostics.filter(({object}) => object.name === name),
    isLeftOut,
  )
}
