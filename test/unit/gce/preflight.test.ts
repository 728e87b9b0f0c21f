import assert from 'node:assert/strict'
import {preflightProblems, preflightQueries} from '../../../src/gce/preflight.js'
import {Observed} from '../../../src/gce/observed.js'
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
  const [readCluster, readNetwork, readSubnets] = preflightQueries(OPTIONS)
  const observed = Observed.of([
    [readNetwork?.args ?? [], network],
    [readCluster?.args ?? [], cluster],
    [readSubnets?.args ?? [], subnets],
    [readNetwork?.onlyWithout?.args ?? [], subnet],
  ])
  return preflightProblems(OPTIONS, observed).map(({message}) => message)
}

describe('gce/preflight', () => {
  it('accepts a custom mode network with the cluster and a free range', () => {
    assert.deepEqual(problems(NETWORK, CLUSTER, []), [])
  })

  it('does not check network and range if the subnet exists', () => {
    assert.deepEqual(problems(undefined, CLUSTER, undefined, {name: 'web-subnet'}), [])
    assert.equal(problems(undefined, undefined, undefined, {name: 'web-subnet'}).length, 1)
  })

  it('rejects other networks', () => {
    assert.deepEqual(problems(undefined, CLUSTER, []), [
      'network net does not exist in the project my-project',
    ])
    assert.deepEqual(problems({autoCreateSubnetworks: true}, CLUSTER, []), [
      'net is an auto mode network; lbex needs a custom mode network',
    ])
    assert.deepEqual(problems({IPv4Range: '10.0.0.0/8'}, CLUSTER, []), [
      'net is a legacy network; lbex needs a custom mode network',
    ])
  })

  it('rejects a cluster that does not exist, or is on another network', () => {
    assert.deepEqual(problems(NETWORK, undefined, []), [
      'cluster shop does not exist in us-central1-a of the project my-project',
    ])
    assert.deepEqual(
      problems(NETWORK, {networkConfig: {network: 'projects/my-project/global/networks/other'}}, []),
      ['the cluster shop is on the network other, not net'],
    )
  })

  it('rejects ranges that are in use', () => {
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
