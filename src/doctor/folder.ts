/** Checks the folder of NGINX (--nginx-dir): whether lbex can write it, and which process uses it. */
import {constants} from 'node:fs'
import {access, stat} from 'node:fs/promises'
import {dirname} from 'node:path'
import {Failure} from '../diagnostics/failure.js'
import {Check, type Finding} from '../diagnostics/finding.js'
import {layoutOf, type Layout} from '../dataplane/nginx/store/layout.js'
import {lockHolder, type LockHolder} from '../dataplane/nginx/process/lock.js'

const check = new Check('nginx-dir')

export type FolderCheck = {
  readonly finding: Finding
  /** Process ID of the lbex that uses the folder. */
  readonly holder?: number
}

/** `path` is absolute. Nothing is written. */
export async function checkFolder(path: string): Promise<FolderCheck> {
  try {
    const layout = layoutOf(path)
    const holder = await holderOf(layout)
    if (holder === undefined) return {finding: await checkWritable(layout)}
    const isLbex = holder.kind !== 'stranger' && holder.pid !== undefined
    return {finding: inUse(layout, holder), ...(isLbex && {holder: holder.pid})}
  } catch (error) {
    if (error instanceof Failure) return {finding: check.failure(error)}
    throw error
  }
}

async function holderOf({directory}: Layout): Promise<LockHolder | undefined> {
  return (await exists(directory)) ? lockHolder(directory) : undefined
}

/** A running lbex that uses the folder can write it. */
function inUse({directory}: Layout, {kind, pid, name}: LockHolder): Finding {
  if (kind === 'lbex' || (kind === 'hidden' && pid !== undefined)) {
    return check.ok(
      `${directory} is in use by the running lbex (process ${pid}); a second lbex needs its own folder`,
    )
  }
  return check.problem(
    `the lock of ${directory} is held by ${name}${kind === 'stranger' ? ', which is not lbex' : ''}`,
    'end that process, or choose another folder with --nginx-dir',
  )
}

async function checkWritable(layout: Layout): Promise<Finding> {
  const {directory} = layout
  const denied = await firstDenied(layout)
  if (denied !== undefined) return cannotWrite(denied, directory)
  if (!(await exists(directory))) return check.ok(`${directory} does not exist yet, and can be created`)
  const {uid: owner} = await stat(directory)
  if (owner !== currentUser()) return isOfAnother(owner, directory)
  return check.ok(`${directory} can be written`)
}

/** For the user of the systemd unit, most findings would be different. */
function isOfAnother(owner: number, directory: string): Finding {
  return check.warning(
    `${directory} belongs to user ${owner}, but lbex doctor runs as user ${currentUser()}, which has other permissions`,
    `sudo setpriv --reuid=${owner} --clear-groups --inh-caps=+net_bind_service --ambient-caps=+net_bind_service lbex doctor, with the same flags`,
  )
}

/** The first folder that lbex needs to write, or to create, but cannot. */
async function firstDenied({
  directory,
  services,
  generations,
  errorLog,
  pidFile,
}: Layout): Promise<string | undefined> {
  const inside = [services, generations, dirname(errorLog), dirname(pidFile)]
  const present = await Promise.all(inside.map(async (folder) => ((await exists(folder)) ? [folder] : [])))
  for (const folder of [await nearest(directory), ...present.flat()]) {
    if (!(await isAllowed(folder))) return folder
  }
  return undefined
}

function cannotWrite(folder: string, directory: string): Finding {
  const user = currentUser()
  return check.problem(
    `${folder} cannot be written by user ${user}`,
    `sudo install -d -o ${user} ${directory} && sudo chown -R ${user} ${directory}, or choose another folder with --nginx-dir`,
  )
}

/** The folder itself, or its nearest existing ancestor. */
async function nearest(folder: string): Promise<string> {
  return (await exists(folder)) ? folder : nearest(dirname(folder))
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function isAllowed(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
}

function currentUser(): number {
  return process.geteuid?.() ?? 0
}
