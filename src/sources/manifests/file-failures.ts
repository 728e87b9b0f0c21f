/** What can go wrong with the paths of `-f`. `temporary`: whether trying again can help. */
import {Failure, messageOf} from '../../diagnostics/failure.js'

export function fileUnreadable(file: string, cause: unknown, temporary: boolean): Failure {
  return new Failure(`cannot read ${file}: ${messageOf(cause)}`, {
    code: 'file-unreadable',
    hint: 'check that it is there and that the user who runs lbex may read it',
    temporary,
    cause,
  })
}

export function pathNotFound(path: string, temporary: boolean): Failure {
  return new Failure(`there is no file or folder ${JSON.stringify(path)}`, {
    code: 'path-not-found',
    hint: /^https?:/.test(path)
      ? `lbex reads no URLs: curl -sSf ${path} | lbex … -f -`
      : 'check the path after -f; a relative path begins in the working directory',
    temporary,
  })
}

export function noMatch(glob: string, temporary: boolean): Failure {
  return new Failure(`no file matches ${JSON.stringify(glob)}`, {
    code: 'path-not-found',
    hint: 'check the glob after -f; hidden files and node_modules are passed by',
    temporary,
  })
}

export function noManifests(folder: string, temporary: boolean): Failure {
  return new Failure(`there is no manifest in ${folder}`, {
    code: 'no-manifests',
    hint: 'in a folder, and in those below it, the files *.yaml, *.yml and *.json are read, but no hidden ones',
    temporary,
  })
}
