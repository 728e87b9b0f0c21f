/** The loadable modules of an NGINX: where they are, according to the output of `nginx -V`. */
import {realpath, stat} from 'node:fs/promises'
import {dirname, join} from 'node:path'

/** Where packages install loadable modules, searched after the folder that nginx names. */
const MODULE_FOLDERS = ['/usr/lib/nginx/modules', '/usr/lib64/nginx/modules', '/usr/share/nginx/modules']

/** Beside nginx first: a copy that was unpacked somewhere has its own modules, and those of another build do not fit. */
export async function moduleFolders(binary: string, answer: string): Promise<string[]> {
  const program = await realpath(binary)
  const configured =
    argument(answer, 'modules-path') ?? join(argument(answer, 'prefix') ?? '/usr/local/nginx', 'modules')
  const root = program.endsWith('/usr/sbin/nginx') ? program.slice(0, -'/usr/sbin/nginx'.length) : undefined
  return [
    ...(root === undefined ? [] : [root + configured]),
    join(dirname(program), '../lib/nginx/modules'),
    configured,
    ...MODULE_FOLDERS,
  ]
}

function argument(answer: string, name: string): string | undefined {
  return new RegExp(`\\s--${name}=(\\S+)`).exec(answer)?.[1]
}

export async function firstThat(
  holds: (path: string) => Promise<boolean>,
  paths: readonly string[],
): Promise<string | undefined> {
  for (const path of paths) if (await holds(path)) return path
  return undefined
}

/** Whether it is a file. */
export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  )
}
