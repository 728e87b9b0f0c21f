/** What a search for manifests takes and gives. */
export type FoundFile = {
  /** As it is shown: the path as given, or below the folder as given. */
  readonly file: string
  /** Absolute. */
  readonly path: string
  /** A pipe (`-f <(helm template …)`) can be read once only, a regular file again and again. */
  readonly isPipe: boolean
  /** True for a link, or a file behind one, that leads out of the folder that was named and of its repository. */
  readonly isOutside?: true
}

export type FoundFiles = {
  readonly files: readonly FoundFile[]
  /** The folders that were searched, absolute. */
  readonly folders: readonly string[]
}

export type FindOptions = {
  /** Absolute; relative paths begin here. */
  readonly cwd: string
  /** Whether the Failures are temporary: what was there before may come back. */
  readonly temporary: boolean
}
