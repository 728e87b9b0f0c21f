/** deploy/ as rendered by kubectl: valid manifests whose parts agree with each other. */
import assert from 'node:assert/strict'
import {join} from 'node:path'
import {MAX_CHILDREN} from '../../src/dataplane/nginx/process/workers.js'
import {lbex, root} from '../commands/lbex.js'
import {schemaProblems, type KubernetesObject} from '../support/kubernetes-schema.js'
import {kustomize, needsKubectl} from '../support/kustomize.js'
import {runFlagsOf, type RunFlags} from '../support/run-arguments.js'

type Labels = Readonly<Record<string, string>>
type Workload = KubernetesObject & {
  readonly metadata: {readonly name: string; readonly namespace: string}
  readonly spec: {
    readonly selector: {readonly matchLabels: Labels}
    readonly template: {readonly metadata: {readonly labels: Labels}; readonly spec: PodSpec}
  }
}
type PodSpec = {
  readonly terminationGracePeriodSeconds: number
  readonly nodeSelector?: Labels
  readonly affinity?: object
  readonly securityContext: object
  readonly containers: readonly {
    readonly args: readonly string[]
    readonly ports: readonly {readonly name: string; readonly containerPort: number}[]
    readonly securityContext: object
    readonly resources: {readonly limits: {readonly memory: string}}
  }[]
}
type Budget = KubernetesObject & {readonly spec: {readonly selector: {readonly matchLabels: Labels}}}

const summary = (objects: readonly KubernetesObject[]) =>
  objects.map(({kind, metadata}) => `${kind} ${(metadata as {name: string}).name}`).sort()
const workloads = (objects: readonly KubernetesObject[]) =>
  objects.filter(({kind}) => kind === 'Deployment' || kind === 'DaemonSet') as Workload[]
const ACCESS = ['ClusterRole', 'ClusterRoleBinding', 'Namespace', 'ServiceAccount']
  .map((kind) => `${kind} lbex`)
  .concat('ResourceQuota lbex-critical-pods')
const PUBLISH = ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'].map(
  (kind) => `${kind} lbex-publish`,
)

/** The flags of the container, as parsed by lbex; rejects if lbex would refuse them. */
function flagsOf({spec}: Workload): Promise<RunFlags> {
  return runFlagsOf(spec.template.spec.containers[0]?.args ?? [])
}

describe('deploy/', () => {
  before(needsKubectl)

  const OVERLAYS: readonly [overlay: string, objects: readonly string[]][] = [
    ['.', [...ACCESS, ...PUBLISH, 'Deployment lbex', 'PodDisruptionBudget lbex']],
    ['overlays/edge-nodes', [...ACCESS, ...PUBLISH, 'DaemonSet lbex']],
    ['overlays/unprivileged', [...ACCESS, ...PUBLISH, 'Deployment lbex', 'PodDisruptionBudget lbex']],
    [
      'overlays/pools',
      [
        ...ACCESS,
        ...PUBLISH,
        ...['Deployment lbex-internal', 'Deployment lbex-public'],
        ...['PodDisruptionBudget lbex-internal', 'PodDisruptionBudget lbex-public'],
      ],
    ],
  ]
  for (const [overlay, expected] of OVERLAYS) {
    describe(overlay, () => {
      let objects: KubernetesObject[] = []
      before(() => {
        objects = kustomize(overlay)
      })

      it('contains the expected objects', () => {
        assert.deepEqual(summary(objects), [...expected].sort())
      })

      it('is valid according to the schema of Kubernetes', () => {
        assert.deepEqual(objects.flatMap(schemaProblems), [])
      })

      it('has selectors that match the Pods of one workload only', () => {
        for (const {spec} of workloads(objects)) {
          assert.deepEqual(spec.selector.matchLabels, spec.template.metadata.labels)
        }
        const budgets = objects.filter(({kind}) => kind === 'PodDisruptionBudget') as Budget[]
        const selectors = workloads(objects).map(({spec}) => spec.selector)
        if (budgets.length > 0) {
          assert.deepEqual(
            budgets.map(({spec}) => spec.selector),
            selectors,
          )
        }
      })

      it('has memory for the maximum number of workers, regardless of the CPUs of the node', async () => {
        for (const workload of workloads(objects)) {
          assert.equal((await flagsOf(workload)).workers, 4)
          const {memory = ''} = workload.spec.template.spec.containers[0]?.resources.limits ?? {}
          // What one costs at 1,000 Services: docs/operations.md. lbex itself is below 200 MB.
          assert.ok(parseInt(memory) * 2 ** 30 > MAX_CHILDREN * 9e6 + 200e6, memory)
          assert.match(memory, /^\dGi$/)
        }
      })

      it('passes valid flags, allows time to drain, and probes the health port', async () => {
        for (const workload of workloads(objects)) {
          const flags = await flagsOf(workload)
          const {terminationGracePeriodSeconds, containers} = workload.spec.template.spec
          const drain = (flags['pre-stop-delay'] + flags['shutdown-timeout']) / 1000
          assert.ok(
            terminationGracePeriodSeconds >= drain + 10,
            `${terminationGracePeriodSeconds} < ${drain} + 10`,
          )
          assert.deepEqual(containers[0]?.ports, [
            {name: 'health', containerPort: flags['health-port'], protocol: 'TCP'},
          ])
        }
      })
    })
  }

  it('passes lbex check, as it contains no Service for lbex', async () => {
    const {stdout, exitCode} = await lbex(['check', '--allow-empty', join(root, 'deploy')])
    assert.match(stdout, /^no findings in 1 Service of \d+ files\n$/)
    assert.equal(exitCode, 0)
  })

  it('never places two Pods on a node, whatever their pool', () => {
    const antiAffinity = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            topologyKey: 'kubernetes.io/hostname',
            labelSelector: {matchLabels: {'app.kubernetes.io/name': 'lbex'}},
          },
        ],
      },
    }
    for (const {spec} of workloads([...kustomize('.'), ...kustomize('overlays/pools')]))
      assert.deepEqual(spec.template.spec.affinity, antiAffinity)
  })

  it('has the right that --finalizer takes apart from all others', () => {
    const objects = kustomize('publish/finalizer')
    assert.deepEqual(objects.flatMap(schemaProblems), [])
    assert.deepEqual(summary(objects), ['ClusterRole lbex-finalizer', 'ClusterRoleBinding lbex-finalizer'])
  })

  it('has a variant that meets the restricted level, except for the network', () => {
    const [{spec}] = workloads(kustomize('overlays/unprivileged')) as [Workload]
    const {securityContext, containers} = spec.template.spec
    assert.deepEqual(securityContext, {
      ...{runAsNonRoot: true, runAsUser: 65_532, runAsGroup: 65_532, fsGroup: 65_532},
      seccompProfile: {type: 'RuntimeDefault'},
    })
    assert.deepEqual(containers[0]?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      // Void for this user, but without it the kernel does not start NGINX and Node: their files bear it.
      capabilities: {drop: ['ALL'], add: ['NET_BIND_SERVICE']},
    })
  })

  it('serves each Service in one pool', async () => {
    const pools = await Promise.all(workloads(kustomize('overlays/pools')).map(flagsOf))
    assert.deepEqual(
      pools
        .map((flags) => flags as object as Record<string, unknown>)
        .map((flags) => [flags['service-pool'], flags['strict-affinity']]),
      [
        ['internal', true],
        ['public', false],
      ],
    )
  })

  it('binds its roles to the account that the Pods have', () => {
    const bindings = kustomize('.').filter(({kind}) => kind.endsWith('RoleBinding'))
    assert.equal(bindings.length, 3)
    for (const binding of bindings) {
      assert.deepEqual(binding['subjects'], [{kind: 'ServiceAccount', name: 'lbex', namespace: 'lbex'}])
    }
    for (const {metadata, spec} of workloads(kustomize('.'))) {
      assert.equal(metadata.namespace, 'lbex')
      assert.equal((spec.template.spec as unknown as {serviceAccountName: string}).serviceAccountName, 'lbex')
    }
  })
})

describe('schemaProblems', () => {
  const account = {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'a'}}

  it('reports wrong, missing and misspelt fields', () => {
    assert.deepEqual(schemaProblems(account), [])
    assert.deepEqual(schemaProblems({...account, automountServiceAccountToken: 'yes'}), [
      'data/automountServiceAccountToken must be boolean',
    ])
    assert.deepEqual(schemaProblems({...account, metadata: {name: 'a', labls: {}}, secrets: [{nam: 'b'}]}), [
      'ServiceAccount.metadata.labls does not exist',
      'ServiceAccount.secrets[0].nam does not exist',
    ])
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: {name: 'a'},
    }
    assert.deepEqual(schemaProblems(binding), ['data must have required property roleRef'])
  })
})
