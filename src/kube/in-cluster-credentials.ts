/**
 * The service account that Kubernetes gives to a Pod
 * (https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api).
 */
import {readFile} from 'node:fs/promises'
import {isIPv6} from 'node:net'
import {join} from 'node:path'
import {Failure, messageOf} from '../diagnostics/failure.js'
import type {Credentials, CredentialSource} from './credentials.js'

/** Where a Pod finds its service account. */
export type PodEnvironment = {
  /** Holds `token` and `ca.crt`. */
  readonly folder: string
  readonly host: string | undefined
  readonly port: string | undefined
  /** The variable KUBECONFIG, which lbex run does not use. */
  readonly kubeconfig?: string | undefined
}

export function podEnvironment(environment: NodeJS.ProcessEnv): PodEnvironment {
  return {
    folder: '/var/run/secrets/kubernetes.io/serviceaccount',
    host: environment.KUBERNETES_SERVICE_HOST,
    port: environment.KUBERNETES_SERVICE_PORT,
    ...(environment['KUBECONFIG'] && {kubeconfig: environment['KUBECONFIG']}),
  }
}

/** Reads the token and the CA certificate each time, because the kubelet replaces them. */
export function inClusterCredentials(pod: PodEnvironment): CredentialSource {
  return {through: 'the service account of the Pod', load: () => readAccount(pod)}
}

async function readAccount(pod: PodEnvironment): Promise<Credentials> {
  const {folder, host, port} = pod
  if (!host || !port) throw notInPod(pod, 'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set')
  const files = [read(join(folder, 'token'), pod), read(join(folder, 'ca.crt'), pod)] as const
  const [token, ca] = await Promise.all(files)
  return {
    server: new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`),
    headers: {authorization: `Bearer ${token.trim()}`},
    tls: {ca},
  }
}

async function read(path: string, pod: PodEnvironment): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw notInPod(pod, messageOf(error), error)
  }
}

function notInPod({kubeconfig}: PodEnvironment, why: string, cause?: unknown): Failure {
  return new Failure(
    `neither --proxy nor --kubeconfig is set, and lbex does not run in a Pod with a service account: ${why}`,
    {
      code: 'not-in-a-pod',
      hint: kubeconfig
        ? `lbex run does not use the variable KUBECONFIG: write --kubeconfig ${kubeconfig.split(':')[0]}`
        : 'select a cluster with --kubeconfig FILE or --proxy URL, or read manifests with -f FILE',
      cause,
    },
  )
}
