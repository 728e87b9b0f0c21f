import assert from 'node:assert/strict'
import * as values from '../../../src/cli/gce-values.js'

describe('cli/gce-values', () => {
  const good: [read: (text: string) => unknown, text: string, value: unknown][] = [
    [values.resourceName, 'my-lbex', 'my-lbex'],
    [values.projectId, 'k8s-work', 'k8s-work'],
    [values.projectId, 'example.com:my-project', 'example.com:my-project'],
    [values.regionName, 'northamerica-northeast1', 'northamerica-northeast1'],
    [values.zoneOrRegion, 'us-central1-f', 'us-central1-f'],
    [values.zoneOrRegion, 'us-central1-ai1a', 'us-central1-ai1a'],
    [values.zoneOrRegion, 'us-central1', 'us-central1'],
    [values.machineType, 'n2d-highcpu-4', 'n2d-highcpu-4'],
    [values.serviceAccount, 'me@my-project.iam.gserviceaccount.com', 'me@my-project.iam.gserviceaccount.com'],
    [values.lbexPackage, 'lbex@2.0.0-alpha.0', {source: 'lbex@2.0.0-alpha.0'}],
    [values.lbexPackage, '@me/lbex@2.0.0', {source: '@me/lbex@2.0.0'}],
    [
      values.lbexPackage,
      `https://example.com/lbex-2.0.0.tgz#sha256=${'0a'.repeat(32)}`,
      {source: 'https://example.com/lbex-2.0.0.tgz', sha256: '0a'.repeat(32)},
    ],
    [values.waitTimeout, '90s', 90_000],
    [values.hostCount, '2', 2],
    [values.subnetCidr, '10.150.0.0/27', '10.150.0.0/27'],
    [values.cidrs, '0.0.0.0/0, 10.0.0.0/8,0.0.0.0/0', ['0.0.0.0/0', '10.0.0.0/8']],
    [
      values.servedPorts,
      '80,443/TCP,9827/udp, 7000-8000,80',
      ['tcp:80', 'tcp:443', 'udp:9827', 'tcp:7000-8000'],
    ],
  ]
  for (const [read, text, value] of good) {
    it(`${read.name} takes ${text}`, () => assert.deepEqual(read(text), value))
  }

  const bad: [read: (text: string) => unknown, text: string, message: RegExp][] = [
    [values.resourceName, '1st', /must be a name/],
    [values.resourceName, 'a-', /must be a name/],
    [values.resourceName, 'a'.repeat(64), /at most 63 characters, this has 64/],
    [values.projectId, 'k8s_work', /a project ID/],
    [values.projectId, 'short', /a project ID/],
    [values.projectId, 'example.com:', /a project ID/],
    [values.projectId, ':my-project', /a project ID/],
    [values.regionName, 'us-central1-a', /must be a region/],
    [values.zoneOrRegion, '', /must be a zone/],
    ...[
      'lbex',
      'lbex@latest',
      '--registry=x',
      'https://example.com/lbex.tgz',
      'http://x/y.tgz#sha256=00',
    ].map((text): [read: (text: string) => unknown, text: string, message: RegExp] => [
      values.lbexPackage,
      text,
      /must be one version such as lbex@2\.0\.0, or https/,
    ]),
    [values.waitTimeout, '0', /must be longer than 0/],
    [values.waitTimeout, '0s', /must be longer than 0/],
    [values.hostCount, '1', /must be a number from 2/],
    [values.hostCount, '2.5', /must be a number from 2/],
    [values.subnetCidr, '10.0.0.0/30', /from \/8 to \/29/],
    [values.subnetCidr, '10.0.0.0/33', /an IPv4 range/],
    [values.subnetCidr, '10.1/16', /an IPv4 range/],
    [values.subnetCidr, '10.0.0.1/24', /has bits set after its prefix/],
    [values.cidrs, '10.0.0.0/8,', /an IPv4 range/],
    [values.servedPorts, '', /must be ports/],
    [values.servedPorts, '0', /a port from 1/],
    [values.servedPorts, '80-80', /from a lower to a higher/],
  ]
  for (const [read, text, message] of bad) {
    it(`${read.name} refuses ${JSON.stringify(text)}`, () =>
      assert.throws(() => read(text), {name: 'UsageError', message}))
  }
})
