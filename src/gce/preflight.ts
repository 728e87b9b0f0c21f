/** What must be right in the project before anything is made there. */
import {overlap} from './cidr.js'
import {at, lastName, listAt, textAt} from './fields.js'
import type {Seen} from './seen.js'
import type {GroupOptions} from './target.js'
import {inProject, type Reading} from './thing.js'
import {subnet} from './resources/subnet.js'

/** What a subnet needs that is there already has been seen to: Google lets no other overlap with it. A second run is shorter so. */
export function preflightReadings(options: GroupOptions): Reading[] {
  const onlyWithout = subnet(options).read
  return [cluster(options), {...network(options), onlyWithout}, {...subnets(options), onlyWithout}]
}

function network(options: GroupOptions): Reading {
  const name = options.network
  return {args: ['compute', 'networks', 'describe', name, inProject(options)], name}
}

function cluster(options: GroupOptions): Reading {
  const {name, location} = options.cluster
  return {
    args: ['container', 'clusters', 'describe', name, inProject(options), `--location=${location}`],
    name,
  }
}

function subnets(options: GroupOptions): Reading {
  const {network: name} = options
  return {args: ['compute', 'networks', 'subnets', 'list', inProject(options), `--network=${name}`], name}
}

export type Problem = {readonly message: string; readonly hint: string}

/** All of them at once. */
export function preflightProblems(options: GroupOptions, seen: Seen): Problem[] {
  const foundCluster = seen.find(cluster(options))
  const isNew = seen.find(subnet(options).read) === undefined
  return [
    ...(isNew ? networkProblems(options, seen.find(network(options))) : []),
    ...clusterProblems(options, foundCluster),
    ...overlaps(options, [...subnetRanges(options, seen), ...clusterRanges(foundCluster)]),
  ]
}

function networkProblems({network: name, project}: GroupOptions, found: unknown): Problem[] {
  if (found === undefined) {
    return [
      {
        message: `there is no network ${name} in the project ${project}`,
        hint: `gcloud compute networks list --project=${project}`,
      },
    ]
  }
  const automatic = at(found, 'autoCreateSubnetworks')
  if (automatic === false) return []
  const kind = automatic === true ? 'an auto mode' : 'a legacy'
  const change =
    automatic === true
      ? `gcloud compute networks update ${name} --project=${project} --switch-to-custom-subnet-mode changes it, for good`
      : 'a legacy network takes no subnets: use another one'
  return [{message: `${name} is ${kind} network, and must be a custom mode one`, hint: change}]
}

function clusterProblems(
  {cluster: {name, location}, project, network}: GroupOptions,
  found: unknown,
): Problem[] {
  if (found === undefined) {
    return [
      {
        message: `there is no cluster ${name} in ${location} of the project ${project}`,
        hint: `--cluster-zone is its zone or, for a regional one, its region: gcloud container clusters list --project=${project}`,
      },
    ]
  }
  const on = lastName(textAt(found, 'networkConfig', 'network') || textAt(found, 'network'))
  if (on === network) return []
  return [
    {message: `the cluster ${name} is on the network ${on}, not ${network}`, hint: `--cluster-network=${on}`},
  ]
}

type Range = {readonly of: string; readonly cidr: string}

function subnetRanges(options: GroupOptions, seen: Seen): Range[] {
  const found = seen.find(subnets(options))
  return (Array.isArray(found) ? found : []).flatMap((other) => {
    const of = `the subnet ${textAt(other, 'name')} in ${lastName(textAt(other, 'region'))}`
    const more = listAt(other, 'secondaryIpRanges')
    return [other, ...more].map((range) => ({of, cidr: textAt(range, 'ipCidrRange')}))
  })
}

function clusterRanges(found: unknown): Range[] {
  const ranges: [string, string][] = [
    ["the cluster's Pods", textAt(found, 'clusterIpv4Cidr')],
    ["the cluster's Services", textAt(found, 'servicesIpv4Cidr')],
    ["the cluster's control plane", textAt(found, 'privateClusterConfig', 'masterIpv4CidrBlock')],
  ]
  return ranges.map(([of, cidr]) => ({of, cidr}))
}

function overlaps({cidr}: GroupOptions, ranges: readonly Range[]): Problem[] {
  return ranges
    .filter((range) => /^[\d.]+\/\d+$/.test(range.cidr) && overlap(range.cidr, cidr))
    .map((range) => ({
      message: `--cidr ${cidr} overlaps with ${range.of} (${range.cidr})`,
      hint: 'choose a range that nothing on this network uses',
    }))
}
