/** What kubectl makes of a folder of deploy/. */
import {spawnSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {parseAllDocuments} from 'yaml'
import type {KubernetesObject} from './kubernetes-schema.js'
import {skipBecause} from './skip.js'
import {INTEGRATION_TIMEOUT} from './timeouts.js'

const deploy = fileURLToPath(new URL('../../deploy', import.meta.url))

/** For `before`: kustomize is part of kubectl, and needs no cluster. */
export function needsKubectl(this: Mocha.Context): void {
  this.timeout(INTEGRATION_TIMEOUT)
  const isThere = spawnSync('kubectl', ['version', '--client']).status === 0
  skipBecause(this, isThere ? undefined : 'kubectl is missing: https://kubernetes.io/docs/tasks/tools/')
}

/** The objects of `overlay`, a path below deploy/. */
export function kustomize(overlay: string): KubernetesObject[] {
  const {status, stdout, stderr} = spawnSync('kubectl', ['kustomize', `${deploy}/${overlay}`], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`kubectl kustomize deploy/${overlay} fails:\n${stderr}`)
  return parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject)
}
