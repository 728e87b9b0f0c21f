/** Finds out whether lbex can end connections of NGINX on this host. */
import {delimiter, isAbsolute, join} from 'node:path'
import type {DrainObstacle} from '../../../core/model/options.js'
import {capabilitiesForChildren} from './linux-capabilities.js'
import {firstThat, isFile} from './modules.js'

/**
 * Undefined if there is no obstacle; `lbex doctor` tests whether the kernel supports it too. `searchPath`: folders separated by colons;
 * default: PATH.
 */
export async function drainObstacle(
  searchPath = process.env['PATH'] ?? '',
): Promise<DrainObstacle | undefined> {
  const capabilities = await capabilitiesForChildren()
  if (!capabilities.has('CAP_NET_ADMIN')) return 'capability'
  const folders = searchPath.split(delimiter).filter(isAbsolute)
  const program = await firstThat(
    isFile,
    folders.map((folder) => join(folder, 'ss')),
  )
  return program === undefined ? 'program' : undefined
}
