/** The chart in deploy/helm: the same objects as kustomize makes, valid for Kubernetes, and clear when values are missing. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describedValues} from '../../scripts/docs/helm-values.js'
import {root} from '../commands/lbex.js'
import {
  chartFolder,
  chartOf,
  defaultValues,
  hasHelm,
  objectsIn,
  renderByHelm,
  renderHere,
  valuesSchema,
  type Values,
} from '../support/helm/chart.js'
import {HOST_PORT, OTHERS, OVERLAYS, RELEASE} from '../support/helm/variants.js'
import {schemaProblems, type KubernetesObject} from '../support/kubernetes-schema.js'
import {kustomize, needsKubectl} from '../support/kustomize.js'
import {skipBecause} from '../support/skip.js'
import {argumentProblem} from '../support/run-arguments.js'

type Pods = {
  readonly spec: {
    readonly replicas?: number
    readonly selector: {readonly matchLabels: Readonly<Record<string, string>>}
    readonly template: {
      readonly metadata: {readonly labels: Readonly<Record<string, string>>}
      readonly spec: {
        readonly terminationGracePeriodSeconds: number
        readonly hostNetwork?: boolean
        readonly securityContext: object
        readonly containers: readonly {
          readonly image: string
          readonly args: readonly string[]
          readonly ports: readonly object[]
        }[]
      }
    }
  }
}

const image = {repository: 'lbex'}
const all = {...OVERLAYS, ...OTHERS}
const render = (values: Values, release = RELEASE) => objectsIn(renderHere(values, release))
const podsIn = (objects: readonly KubernetesObject[]) =>
  objects.find(({kind}) => kind === 'Deployment' || kind === 'DaemonSet') as KubernetesObject & Pods
const nameOf = ({kind, metadata}: KubernetesObject) => `${kind} ${(metadata as {name: string}).name}`

/** Labels that name the release and the chart: kustomize has neither. */
const LABELS_OF_HELM = [
  ...['app.kubernetes.io/instance', 'app.kubernetes.io/managed-by', 'app.kubernetes.io/version'],
  'helm.sh/chart',
]

/** Objects in a fixed order, without what only one of helm and kustomize has. */
function comparable(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const text = JSON.stringify(objects, (key, value: unknown) =>
    LABELS_OF_HELM.includes(key) ? undefined : value,
  )
  return (JSON.parse(text) as KubernetesObject[])
    .filter(({kind}) => kind !== 'Namespace')
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
}

describe('deploy/helm', () => {
  describe('renders what kustomize renders, apart from the Namespace and labels of the release', () => {
    before(needsKubectl)
    for (const [overlay, values] of Object.entries(OVERLAYS)) {
      it(overlay, () => {
        const expected = comparable(kustomize(overlay))
        assert.ok(expected.length > 8)
        assert.deepEqual(comparable(render(values)), expected)
      })
    }
  })

  for (const [name, values] of Object.entries(all)) {
    it(`is valid for Kubernetes and for lbex: ${name}`, async () => {
      const objects = render(values)
      assert.deepEqual(objects.flatMap(schemaProblems), [])
      assert.equal(new Set(objects.map(nameOf)).size, objects.length)
      const {args = []} = podsIn(objects).spec.template.spec.containers[0] ?? {}
      assert.equal(await argumentProblem(args), undefined)
    })
  }

  describe('is rendered alike by helm', () => {
    before(function () {
      const why =
        'helm is missing, so the chart was rendered by test/support/helm: https://helm.sh/docs/intro/install/'
      skipBecause(this, hasHelm() ? undefined : why)
    })
    for (const [name, values] of Object.entries(all)) {
      it(name, async () => {
        assert.deepEqual(
          comparable(objectsIn(await renderByHelm(values, RELEASE))),
          comparable(render(values)),
        )
      })
    }
  })

  const REFUSED: readonly (readonly [what: string, values: Values, why: RegExp])[] = [
    [
      'no image',
      {image: {repository: ''}},
      /^image\.repository is required: no image of lbex is published\. Build one/,
    ],
    ['an image with its tag', {image: {repository: 'a/b:2'}}, /^values\.image\.repository should match/],
    ['an unknown value', {replica: 2}, /^values should NOT have additional properties$/],
    ['a wrong type', {replicas: '2'}, /^values\.replicas should be integer$/],
    [
      'host ports without ports',
      {...HOST_PORT, network: {mode: 'hostPort'}},
      /^network\.mode hostPort needs network\.hostPorts/,
    ],
    [
      'host ports without an address to publish',
      {...HOST_PORT, publish: {addresses: []}},
      /^network\.mode hostPort needs publish\.addresses/,
    ],
    [
      'capabilities of another user than root',
      {...HOST_PORT, security: {capabilities: ['NET_RAW']}},
      /^security\.capabilities needs security\.root/,
    ],
    [
      'a ServiceAccount without a name',
      {image, serviceAccount: {create: false}},
      /^serviceAccount\.name is required if/,
    ],
    [
      'a namespace with two lists of Secrets',
      {
        image,
        rbac: {
          secrets: [
            {namespace: 'shop', names: ['a']},
            {namespace: 'shop', names: ['b']},
          ],
        },
      },
      /^rbac\.secrets has two entries for namespace shop: put all names into one$/,
    ],
    [
      'a Role for all Secrets of a namespace',
      {image, rbac: {secrets: [{namespace: 'shop', names: []}]}},
      /^values\.rbac\.secrets\[0\]\.names should NOT have fewer than 1 items$/,
    ],
    [
      'a finalizer without publishing',
      {image, publish: {enabled: false, finalizer: true}},
      /^publish\.finalizer needs publish\.enabled/,
    ],
    [
      'labels that select the Pods',
      {image, podLabels: {'app.kubernetes.io/name': 'other'}},
      /^values\.podLabels should NOT be valid, values\.podLabels property name 'app.kubernetes.io\/name' is invalid$/,
    ],
    [
      'a PriorityClass without a name',
      {image, priorityClass: {name: '', create: true}},
      /^priorityClass\.create needs priorityClass\.name$/,
    ],
    [
      'a PriorityClass of Kubernetes',
      {image, priorityClass: {create: true}},
      /reserves names that begin with system-/,
    ],
  ]
  for (const [what, values, why] of REFUSED) {
    it(`refuses ${what}`, () => {
      const result = renderHere(values, RELEASE)
      assert.ok('refused' in result)
      assert.match(result.refused, why)
    })
  }

  it('gives two releases different names and selectors', () => {
    const [first, second] = ['lbex', 'internal'].map((name) =>
      render(OTHERS['a pool'] ?? {}, {...RELEASE, name}),
    )
    const names = [...(first ?? []), ...(second ?? [])].map(nameOf)
    assert.equal(new Set(names).size, names.length)
    const selectors = [first, second].map((objects = []) => podsIn(objects).spec.selector.matchLabels)
    assert.notDeepEqual(selectors[0], selectors[1])
    assert.ok(names.includes('Deployment internal-lbex'))
  })

  it('keeps names that YAML reads as numbers', () => {
    const objects = render(OVERLAYS['.'] ?? {}, {name: '1e3', namespace: '123'})
    assert.deepEqual(objects.flatMap(schemaProblems), [])
    assert.equal(podsIn(objects).spec.selector.matchLabels['app.kubernetes.io/instance'], '1e3')
  })

  it('has no field of the PodDisruptionBudget that the cluster does not know', () => {
    const policies = ['v1.25.16', 'v1.26.0', 'v1.32.4-gke.1', 'v2.0.0'].map((kubeVersion) => {
      const objects = render(OVERLAYS['.'] ?? {}, {...RELEASE, kubeVersion})
      const budget = objects.find(({kind}) => kind === 'PodDisruptionBudget')
      return (budget?.['spec'] as {unhealthyPodEvictionPolicy?: string}).unhealthyPodEvictionPolicy
    })
    assert.deepEqual(policies, [undefined, 'AlwaysAllow', 'AlwaysAllow', 'AlwaysAllow'])
  })

  it('needs no root for ports below 1024 in the network of a Pod', () => {
    const {template} = podsIn(render(HOST_PORT)).spec
    assert.equal(template.spec.hostNetwork, undefined)
    assert.deepEqual(template.spec.securityContext, {
      ...{runAsNonRoot: true, runAsUser: 65_532, runAsGroup: 65_532, fsGroup: 65_532},
      sysctls: [{name: 'net.ipv4.ip_unprivileged_port_start', value: '0'}],
      seccompProfile: {type: 'RuntimeDefault'},
    })
    assert.deepEqual(template.spec.containers[0]?.ports, [
      {name: 'health', containerPort: 7331, protocol: 'TCP'},
      {containerPort: 80, hostPort: 80, protocol: 'TCP'},
      {containerPort: 53, hostPort: 53, protocol: 'UDP'},
    ])
  })

  it('gives a Pod the time that lbex takes to stop', () => {
    const {template} = podsIn(render(OTHERS['other settings of the Pods'] ?? {})).spec
    assert.equal(template.spec.terminationGracePeriodSeconds, 5 + 600 + 20)
  })

  it('uses the digest of an image rather than its tag', () => {
    const [{image = ''} = {}] = podsIn(render(OTHERS['a digest, and credentials of a registry'] ?? {})).spec
      .template.spec.containers
    assert.match(image, /lbex@sha256:[0-9a-f]{64}$/)
  })

  it('has the version of lbex', () => {
    const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {version: string}
    const {version: chart, appVersion} = chartOf()
    assert.deepEqual([chart, appVersion], [version, version])
  })

  it('describes every value, and has a schema for it', () => {
    const described = describedValues(readFileSync(join(chartFolder, 'values.yaml'), 'utf8')).map(
      ({path}) => path,
    )
    const inSchema = leavesOf(valuesSchema() as Schema).filter((path) => path !== 'global')
    assert.deepEqual([...inSchema].sort(), [...described].sort())
    const inVariants = Object.values(all).flatMap((values) => pathsIn(values, described))
    assert.deepEqual(
      described.filter((path) => !inVariants.includes(path)),
      [],
    )
    assert.ok(pathsIn(defaultValues(), described).length === described.length)
  })
})

type Schema = {readonly properties?: Readonly<Record<string, Schema>>}

function leavesOf({properties}: Schema, prefix = ''): string[] {
  return Object.entries(properties ?? {}).flatMap(([name, inner]) =>
    inner.properties ? leavesOf(inner, `${prefix}${name}.`) : [`${prefix}${name}`],
  )
}

/** Those of `paths` that the values set. */
function pathsIn(values: Values, paths: readonly string[]): string[] {
  return paths.filter((path) => {
    const found = path
      .split('.')
      .reduce<unknown>((value, name) => (value as Values | undefined)?.[name], values)
    return found !== undefined
  })
}
