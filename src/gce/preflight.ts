/** Checks the project before anything is created in it. */
import {overlap} from './cidr.js'
import {at, lastName, listAt, textAt} from './fields.js'
import type {Observed} from './observed.js'
import type {GroupOptions} from './target.js'
import {inProject, type ResourceQuery} from './resource.js'
import {subnet} from './resources/subnet.js'

/** If the subnet exists, its network and ranges were already checked, and Google prevents later overlaps: two queries are saved. */
export function preflightQueries(options: GroupOptions): ResourceQuery[] {
  const onlyWithout = subnet(options).read
  return [cluster(options), {...network(options), onlyWithout}, {...subnets(options), onlyWithout}]
}

function network(options: GroupOptions): ResourceQuery {
  const name = options.network
  return {args: ['compute', 'networks', 'describe', name, inProject(options)], name}
}

function cluster(options: GroupOptions): ResourceQuery {
  const {name, location} = options.cluster
  return {
    args: ['container', 'clusters', 'describe', name, inProject(options), `--location=${location}`],
    name,
  }
}

function subnets(options: GroupOptions): ResourceQuery {
  const {network: name} = options
  return {args: ['compute', 'networks', 'subnets', 'list', inProject(options), `--network=${name}`], name}
}

export type PreflightProblem = {readonly message: string; readonly hint: string}

/** All problems, not only the first. */
export function preflightProblems(options: GroupOptions, observed: Observed): PreflightProblem[] {
  const foundCluster = observed.find(cluster(options))
  const isNew = observed.find(subnet(options).read) === undefined
  return [
    ...(isNew ? networkProblems(options, observed.find(network(options))) : []),
    ...clusterProblems(options, foundCluster),
    ...overlaps(options, [...subnetRanges(options, observed), ...clusterRanges(foundCluster)]),
  ]
}

function networkProblems({network: name, project}: GroupOptions, found: unknown): PreflightProblem[] {
  if (found === undefined) {
    return [
      {
        message: `network ${name} does not exist in the project ${project}`,
        hint: `gcloud compute networks list --project=${project}`,
      },
    ]
  }
  const automatic = at(found, 'autoCreateSubnetworks')
  if (automatic === false) return []
  const kind = automatic === true ? 'an auto mode' : 'a legacy'
  const change =
    automatic === true
      ? `gcloud compute networks update ${name} --project=${project} --switch-to-custom-subnet-mode changes it, which cannot be undone`
      : 'a legacy network cannot have subnets: use another network'
  return [{message: `${name} is ${kind} network; lbex needs a custom mode network`, hint: change}]
}

function clusterProblems(
  {cluster: {name, location}, project, network}: GroupOptions,
  found: unknown,
): PreflightProblem[] {
  if (found === undefined) {
    return [
      {
        message: `cluster ${name} does not exist in ${location} of the project ${project}`,
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

type NamedRange = {readonly of: string; readonly cidr: string}

function subnetRanges(options: GroupOptions, observed: Observed): NamedRange[] {
  const found = observed.find(subnets(options))
  return (Array.isArray(found) ? found : []).flatMap((other) => {
    const of = `the subnet ${textAt(other, 'name')} in ${lastName(textAt(other, 'region'))}`
    const more = listAt(other, 'secondaryIpRanges')
    return [other, ...more].map((range) => ({of, cidr: textAt(range, 'ipCidrRange')}))
  })
}

function clusterRanges(found: unknown): NamedRange[] {
  const ranges: [string, string][] = [
    ["the cluster's Pods", textAt(found, 'clusterIpv4Cidr')],
    ["the cluster's Services", textAt(found, 'servicesIpv4Cidr')],
    ["the cluster's control plane", textAt(found, 'privateClusterConfig', 'masterIpv4CidrBlock')],
  ]
  return ranges.map(([of, cidr]) => ({of, cidr}))
}

function overlaps({cidr}: GroupOptions, ranges: readonly NamedRange[]): PreflightProblem[] {
  return ranges
    .filter((range) => /^[\d.]+\/\d+$/.test(range.cidr) && overlap(range.cidr, cidr))
    .map((range) => ({
      message: `--cidr ${cidr} overlaps with ${range.of} (${range.cidr})`,
      hint: 'choose a range that is not in use on this network',
    }))
}
