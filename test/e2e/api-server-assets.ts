/**
 * Where a real API server is to be found, by the convention of envtest: a variable for each program, else a folder with both
 * (https://book.kubebuilder.io/reference/envtest.html).
 */
import {accessSync, constants} from 'node:fs'
import {join} from 'node:path'

export type Assets = {
  readonly etcd: string
  readonly apiServer: string
  /** Absent: only the tests that need its controllers are skipped. */
  readonly controllerManager?: string
}

/** Why there are none, where that is so. */
export function findAssets(env: NodeJS.ProcessEnv = process.env): Assets | string {
  const folder = env['KUBEBUILDER_ASSETS'] ?? '/usr/local/kubebuilder/bin'
  const etcd = env['TEST_ASSET_ETCD'] ?? join(folder, 'etcd')
  const apiServer = env['TEST_ASSET_KUBE_APISERVER'] ?? join(folder, 'kube-apiserver')
  const missing = [etcd, apiServer].filter((path) => !isProgram(path))
  const controllerManager = join(folder, 'kube-controller-manager')
  if (missing.length === 0) return {etcd, apiServer, ...(isProgram(controllerManager) && {controllerManager})}
  return `no ${missing.join(' and no ')}; KUBEBUILDER_ASSETS names a folder with etcd and kube-apiserver`
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
