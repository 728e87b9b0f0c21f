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
}

export function podEnvironment(environment: NodeJS.ProcessEnv): PodEnvironment {
  return {
    folder: '/var/run/secrets/kubernetes.io/serviceaccount',
    host: environment.KUBERNETES_SERVICE_HOST,
    port: environment.KUBERNETES_SERVICE_PORT,
  }
}

/** Reads the token and the CA certificate each time, because the kubelet replaces them. */
export function inClusterCredentials(pod: PodEnvironment): CredentialSource {
  return {through: 'the service account of the Pod', load: () => readAccount(pod)}
}

async function readAccount({folder, host, port}: PodEnvironment): Promise<Credentials> {
  if (!host || !port) throw notInPod('KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set')
  const [token, ca] = await Promise.all([read(join(folder, 'token')), read(join(folder, 'ca.crt'))])
  return {
    server: new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`),
    headers: {authorization: `Bearer ${token.trim()}`},
    tls: {ca},
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw notInPod(messageOf(error), error)
  }
}

function notInPod(why: string, cause?: unknown): Failure {
  return new Failure(
    `neither --proxy nor --kubeconfig is set, and lbex does not run in a Pod with a service account: ${why}`,
    {
      code: 'not-in-a-pod',
      hint: 'select a cluster with --kubeconfig FILE or --proxy URL, or read manifests with -f FILE',
      cause,
    },
  )
}
