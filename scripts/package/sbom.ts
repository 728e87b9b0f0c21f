/** What lbex is made of, for programs: CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). Pure. */
import type {BundledPackage} from './bundled-packages.js'

export type Subject = {
  readonly name: string
  readonly version: string
  readonly license: string
  /** ISO 8601. */
  readonly builtAt: string
  /** Of the Node that the packages with a Node of their own bring. */
  readonly node: string
}

export function sbomOf(
  {name, version, license, builtAt, node}: Subject,
  packages: readonly BundledPackage[],
) {
  const self = component('application', {name, version, license})
  const bundled = packages.map((each) => component('library', each))
  const runtime = {
    ...component('application', {name: 'node', version: node, license: 'MIT'}),
    purl: `pkg:generic/node@${node}`,
    'bom-ref': `pkg:generic/node@${node}`,
    description: 'In the tarball, the .deb and the container; the npm package uses the Node that it finds.',
  }
  const all = [...bundled, runtime]
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {timestamp: builtAt, component: self},
    components: all,
    dependencies: [{ref: self['bom-ref'], dependsOn: all.map((each) => each['bom-ref'])}],
  }
}

type Described = Pick<BundledPackage, 'name' | 'version' | 'license' | 'integrity'>

function component(type: 'application' | 'library', {name, version, license, integrity}: Described) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  return {
    type,
    'bom-ref': purl,
    name,
    version,
    licenses: [{license: {id: license}}],
    purl,
    ...(integrity !== undefined && {hashes: [hashOf(integrity)]}),
  }
}

function hashOf(integrity: string): {alg: string; content: string} {
  const [algorithm = '', base64 = ''] = integrity.split('-', 2)
  return {alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(base64, 'base64').toString('hex')}
}
