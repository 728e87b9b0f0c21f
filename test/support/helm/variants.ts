/** Values of the chart in deploy/helm that are rendered, compared and validated. */
import {readFileSync} from 'node:fs'
import type {Release, Values} from './chart.js'

export const RELEASE: Release = {name: 'lbex', namespace: 'lbex'}
const kustomization = readFileSync(
  new URL('../../../deploy/balancer/kustomization.yaml', import.meta.url),
  'utf8',
)
/** The one that kustomize sets. */
const image = {repository: /newName: (.*)/.exec(kustomization)?.[1] ?? ''}
const EDGE = 'loadbalancer.lbex/edge'

/** What an overlay of deploy/ does, in values of the chart. */
export const OVERLAYS: Readonly<Record<string, Values>> = {
  '.': {image},
  'overlays/edge-nodes': {
    image,
    kind: 'DaemonSet',
    nodeSelector: {[EDGE]: 'true'},
    tolerations: [{key: EDGE, operator: 'Exists'}],
  },
  'overlays/unprivileged': {image, security: {root: false}},
}

export const HOST_PORT: Values = {
  image,
  network: {mode: 'hostPort', hostPorts: [{port: 80}, {port: 53, protocol: 'UDP'}]},
  publish: {addresses: ['203.0.113.7', '2001:db8::']},
}

/** Further values: each one is in at least one of these. */
export const OTHERS: Readonly<Record<string, Values>> = {
  'host ports': HOST_PORT,
  'a pool': {image, servicePool: 'internal', strictAffinity: true},
  'a digest, and credentials of a registry': {
    image: {...image, digest: `sha256:${'0a'.repeat(32)}`, pullPolicy: 'Always'},
    imagePullSecrets: [{name: 'registry'}],
  },
  'all rights': {
    image,
    security: {capabilities: ['NET_RAW']},
    publish: {finalizer: true},
    rbac: {secrets: [{namespace: 'shop', names: ['web', 'clients']}]},
    serviceAccount: {annotations: {team: 'edge'}},
  },
  'few rights': {
    image,
    publish: {enabled: false},
    rbac: {create: false},
    serviceAccount: {create: false, name: 'present'},
  },
  'a priority of its own': {image, priorityClass: {name: 'lbex', create: true, value: 1_000_000}},
  'no objects beside the Pods': {
    image,
    resourceQuota: {create: false},
    podDisruptionBudget: {create: false},
    topologySpread: {enabled: false},
  },
  'other settings of the Pods': {
    image: {...image, tag: '2'},
    nameOverride: 'edge',
    replicas: 3,
    workers: 8,
    preStopDelay: 5,
    shutdownTimeout: 600,
    extraArgs: ['--live-updates=on', '--access-log=json'],
    env: [{name: 'LBEX_LOG_LEVEL', value: 'debug'}],
    healthPort: 7400,
    podDisruptionBudget: {maxUnavailable: '50%'},
    topologySpread: {topologyKey: 'rack', maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule'},
    minReadySeconds: 0,
    resources: {limits: {memory: '1Gi'}},
    podLabels: {team: 'edge'},
    podAnnotations: {note: 'a: b'},
  },
  'a name': {image, fullnameOverride: 'balancer'},
}
