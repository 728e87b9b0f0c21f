import assert from 'node:assert/strict'
import {preflightProblems, preflightReadings} from '../../../src/gce/preflight.js'
import {Seen} from '../../../src/gce/seen.js'
import type {GroupOptions} from '../../../src/gce/target.js'

const OPTIONS: GroupOptions = {
  name: 'web',
  project: 'my-project',
  region: 'us-central1',
  cidr: '10.150.0.0/27',
  network: 'net',
  cluster: {name: 'shop', location: 'us-central1-a'},
  maxHosts: 10,
  healthPort: 7331,
  ports: ['tcp:80'],
  ingress: ['10.0.0.0/8'],
  machineType: 'e2-small',
  address: true,
  ipForward: false,
  userData: '',
}
const NETWORK = {name: 'net', autoCreateSubnetworks: false}
const CLUSTER = {network: 'net'}

/** `subnet`: the group's own, where it is there. */
function problems(network: unknown, cluster: unknown, subnets: unknown, subnet?: unknown): string[] {
  const [readCluster, readNetwork, readSubnets] = preflightReadings(OPTIONS)
  const seen = Seen.of([
    [readNetwork?.args ?? [], network],
    [readCluster?.args ?? [], cluster],
    [readSubnets?.args ?? [], subnets],
    [readNetwork?.onlyWithout?.args ?? [], subnet],
  ])
  return preflightProblems(OPTIONS, seen).map(({message}) => message)
}

describe('gce/preflight', () => {
  it('is content with a custom mode network that has the cluster, and room', () => {
    assert.deepEqual(problems(NETWORK, CLUSTER, []), [])
  })

  it('asks for no network and no room where the subnet is there', () => {
    assert.deepEqual(problems(undefined, CLUSTER, undefined, {name: 'web-subnet'}), [])
    assert.equal(problems(undefined, undefined, undefined, {name: 'web-subnet'}).length, 1)
  })

  it('refuses other networks', () => {
    assert.deepEqual(problems(undefined, CLUSTER, []), ['there is no network net in the project my-project'])
    assert.deepEqual(problems({autoCreateSubnetworks: true}, CLUSTER, []), [
      'net is an auto mode network, and must be a custom mode one',
    ])
    assert.deepEqual(problems({IPv4Range: '10.0.0.0/8'}, CLUSTER, []), [
      'net is a legacy network, and must be a custom mode one',
    ])
  })

  it('refuses a cluster that is not there, or elsewhere', () => {
    assert.deepEqual(problems(NETWORK, undefined, []), [
      'there is no cluster shop in us-central1-a of the project my-project',
    ])
    assert.deepEqual(
      problems(NETWORK, {networkConfig: {network: 'projects/my-project/global/networks/other'}}, []),
      ['the cluster shop is on the network other, not net'],
    )
  })

  it('refuses ranges that something else has', () => {
    const subnet = {
      name: 'nodes',
      region: 'x/us-central1',
      ipCidrRange: '10.128.0.0/20',
      secondaryIpRanges: [{ipCidrRange: '10.148.0.0/14'}],
    }
    const elsewhere = {name: 'web-subnet', region: 'x/us-east1', ipCidrRange: '10.150.0.16/28'}
    const cluster = {
      ...CLUSTER,
      clusterIpv4Cidr: '10.0.0.0/8',
      servicesIpv4Cidr: '10.150.0.0/20',
      privateClusterConfig: {masterIpv4CidrBlock: '10.150.0.16/28'},
    }
    assert.deepEqual(problems(NETWORK, cluster, [subnet, elsewhere]), [
      '--cidr 10.150.0.0/27 overlaps with the subnet nodes in us-central1 (10.148.0.0/14)',
      '--cidr 10.150.0.0/27 overlaps with the subnet web-subnet in us-east1 (10.150.0.16/28)',
      "--cidr 10.150.0.0/27 overlaps with the cluster's Pods (10.0.0.0/8)",
      "--cidr 10.150.0.0/27 overlaps with the cluster's Services (10.150.0.0/20)",
      "--cidr 10.150.0.0/27 overlaps with the cluster's control plane (10.150.0.16/28)",
    ])
  })
})
