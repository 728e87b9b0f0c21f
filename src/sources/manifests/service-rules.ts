/**
 * Rules of the API server for several fields of a Service together, as far as lbex reads them
 * (ValidateService in https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go).
 */
import {quote} from '../../diagnostics/rule.js'
import {isIP, isIPv6} from 'node:net'
import {describeField} from '../../diagnostics/diagnostic.js'
import {SOURCE_RANGES} from '../../core/cluster/in-use.js'
import {parseIp} from '../../core/cluster/ip-address.js'
import type {Service} from '../../core/cluster/objects.js'
import type {Field} from './fields.js'
import {subdomainProblem} from './names.js'

type CheckedService = Pick<Service, 'type' | 'ports' | 'clusterIPs' | 'ipFamilies' | 'healthCheckNodePort'>

/** `service` was read from `spec` and its `ports`, whose fields have already been checked one by one. */
export function checkService(service: CheckedService, spec: Field, ports: readonly Field[]): void {
  checkPorts(service, spec.get('ports'), ports)
  checkPortsUnique(service, ports)
  checkFieldsOfType(service, spec)
  checkFamilyPolicy(service, spec.get('ipFamilyPolicy'))
  checkHealthCheckPort(service, spec)
  checkAddresses(spec)
  if (service.type === 'ExternalName') checkExternalName(spec)
  else checkClusterIps(service, spec)
}

/** The API server allows the older annotation for source ranges only where it allows the field. */
export function checkOlderRanges({type}: Pick<Service, 'type'>, annotations: Field): void {
  if (type !== 'LoadBalancer') forbid(annotations.get(SOURCE_RANGES), 'LoadBalancer')
}

function checkExternalName(spec: Field): void {
  const field = spec.get('externalName')
  const name = field.string()?.replace(/\.$/, '')
  const problem = name ? subdomainProblem(name) : undefined
  if (!name) field.missing()
  else if (problem) field.invalid(problem)
  for (const key of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
    const other = spec.get(key)
    if (other.value !== '' && !isEmptyList(other)) forbid(other, 'ClusterIP, NodePort or LoadBalancer')
  }
}

function checkPorts({type, ports, clusterIPs}: CheckedService, list: Field, items: readonly Field[]): void {
  const none = list.isAbsent || (Array.isArray(list.value) && list.value.length === 0)
  if (none && type !== 'ExternalName' && clusterIPs[0] !== 'None') list.missing()
  for (const [index, item] of items.entries()) {
    if (ports.length > 1 && ports[index]?.name === '') item.get('name').missing()
    if (type === 'ClusterIP' && ports[index]?.nodePort)
      forbid(item.get('nodePort'), 'NodePort or LoadBalancer')
  }
}

function checkPortsUnique({ports}: CheckedService, items: readonly Field[]): void {
  const names = ports.map(({name}) => name && `the name ${quote(name)}`)
  const numbers = ports.map(({protocol, port}) => port && `${protocol} port ${port}`)
  const nodePorts = ports.map(({protocol, nodePort}) => nodePort && `${protocol} node port ${nodePort}`)
  reportRepeated(names, items, 'name')
  reportRepeated(numbers, items, 'port')
  reportRepeated(nodePorts, items, 'nodePort')
}

/** `values`: a description for each port; an empty one is skipped. */
function reportRepeated(
  values: readonly (string | 0 | undefined)[],
  items: readonly Field[],
  key: string,
): void {
  const holders = new Map<string, Field>()
  for (const [index, item] of items.entries()) {
    const value = values[index]
    if (!value) continue
    const first = holders.get(value)
    if (first) item.get(key).invalid(`${value} is already taken by ${describeField(first.path)}`)
    else holders.set(value, item)
  }
}

/** Fields that are allowed only for some types of Service. */
function checkFieldsOfType({type}: CheckedService, spec: Field): void {
  const external = type === 'NodePort' || type === 'LoadBalancer'
  const policy = spec.get('externalTrafficPolicy')
  if (!external && !policy.isAbsent && spec.get('externalIPs').items().length === 0) {
    forbid(policy, 'NodePort or LoadBalancer')
  }
  if (type === 'LoadBalancer') return
  forbid(spec.get('allocateLoadBalancerNodePorts'), 'LoadBalancer')
  forbid(spec.get('loadBalancerClass'), 'LoadBalancer')
  if (!isEmptyList(spec.get('loadBalancerSourceRanges')))
    forbid(spec.get('loadBalancerSourceRanges'), 'LoadBalancer')
}

const FAMILY_POLICIES = ['SingleStack', 'PreferDualStack', 'RequireDualStack']

/** lbex does not use it otherwise. */
function checkFamilyPolicy({clusterIPs, ipFamilies}: CheckedService, field: Field): void {
  if (field.oneOf(FAMILY_POLICIES) !== 'SingleStack') return
  if (clusterIPs.length > 1 || ipFamilies.length > 1)
    field.invalid('must be PreferDualStack or RequireDualStack, because the Service has two IP families')
}

function checkHealthCheckPort({type, healthCheckNodePort}: CheckedService, spec: Field): void {
  const field = spec.get('healthCheckNodePort')
  if (healthCheckNodePort === undefined) return
  if (type !== 'LoadBalancer' || spec.get('externalTrafficPolicy').value !== 'Local')
    field.invalid(
      'healthCheckNodePort may only be set with type LoadBalancer and externalTrafficPolicy Local',
      'key',
    )
}

function isEmptyList({value}: Field): boolean {
  return Array.isArray(value) && value.length === 0
}

function checkAddresses(spec: Field): void {
  for (const range of spec.get('loadBalancerSourceRanges').items()) {
    if (typeof range.value === 'string' && !isCidr(range.value.trim()))
      range.invalid(`must be a CIDR range such as 10.0.0.0/8, this is ${JSON.stringify(range.value)}`)
  }
  for (const address of spec.get('externalIPs').items()) {
    const problem = typeof address.value === 'string' ? externalIpProblem(address.value) : undefined
    if (problem) address.invalid(`${problem}, this is ${JSON.stringify(address.value)}`)
  }
}

/** Canonical forms: unspecified, loopback, link-local, and link-local multicast addresses. */
const NOT_EXTERNAL = /^(0\.0\.0\.0$|127\.|169\.254\.|224\.0\.0\.|::1?$|fe[89ab].:|ff.2:)/

function externalIpProblem(text: string): string | undefined {
  const ip = parseIp(text)
  if (!ip) return 'must be an IP address'
  return NOT_EXTERNAL.test(ip.address)
    ? 'must not be a loopback, link-local or unspecified address'
    : undefined
}

function isCidr(text: string): boolean {
  const [, ip = '', prefix] = /^([^/%]+)\/(\d{1,3})$/.exec(text) ?? []
  return isIP(ip) !== 0 && Number(prefix) <= (isIPv6(ip) ? 128 : 32)
}

function forbid(field: Field, types: string): void {
  if (!field.isAbsent) field.invalid(`${field.path.at(-1)} may only be set with type ${types}`, 'key')
}

function checkClusterIps({clusterIPs, ipFamilies}: CheckedService, spec: Field): void {
  const list = spec.get('clusterIPs').isAbsent ? spec.get('clusterIP') : spec.get('clusterIPs')
  const problem =
    clusterIpProblem(clusterIPs) ?? familyProblem(clusterIPs, ipFamilies) ?? firstIpProblem(clusterIPs, spec)
  if (problem) list.invalid(problem)
  if (new Set(ipFamilies).size < ipFamilies.length) spec.get('ipFamilies').invalid('has a family twice')
}

function clusterIpProblem(addresses: readonly string[]): string | undefined {
  if (addresses.length === 1 && addresses[0] === 'None') return undefined
  const wrong = addresses.find((address) => isIP(address) === 0)
  if (wrong !== undefined) return `${quote(wrong)} is not an IP address`
  const families = new Set(addresses.map(isIPv6))
  return families.size < addresses.length ? 'has more than one address of a family' : undefined
}

function familyProblem(addresses: readonly string[], families: readonly string[]): string | undefined {
  const wrong = addresses.findIndex((address, index) => {
    const family = families[index]
    return isIP(address) !== 0 && family !== undefined && isIPv6(address) !== (family === 'IPv6')
  })
  return wrong < 0
    ? undefined
    : `${addresses[wrong]} is not an ${families[wrong]} address, but spec.ipFamilies[${wrong}] requires one`
}

function firstIpProblem([first]: readonly string[], spec: Field): string | undefined {
  const single = spec.get('clusterIP')
  if (first === undefined || spec.get('clusterIPs').isAbsent || single.value === first) return undefined
  return `spec.clusterIPs[0] must be the address in spec.clusterIP`
}
