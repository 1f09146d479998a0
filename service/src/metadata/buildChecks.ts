import { imageOf } from '../catalogue/metadata/image';
import { IModuleFolder } from './moduleFolder';
import { linksOf, named, note, ok, Outcome, wrong } from './outcome';

export async function aboutContainer(folder: IModuleFolder): Promise<Outcome> {
  const file =
    named(folder, /^Dockerfile$/) ?? named(folder, /^Containerfile$/);
  const text = file && (await folder.read(file));
  if (!file || !text) {
    return wrong(
      'There is no Dockerfile: the platform could build no image.',
      'Have one written here.'
    );
  }
  if (!/^\s*FROM\s+\S+/im.test(text)) {
    return wrong(`${file} has no line FROM.`, 'Name a base image.', file);
  }
  if (file === 'Containerfile') {
    return wrong(
      'The build of the platform reads Dockerfile, and finds a Containerfile.',
      'Have the same written as Dockerfile.',
      file
    );
  }
  return /deepaas|deep-start/i.test(text)
    ? ok('It starts DEEPaaS.', file)
    : note(
        'It names neither deepaas-run nor deep-start.',
        'Look whether the image answers on port 5000.',
        file
      );
}

export function aboutImage(folder: IModuleFolder): Outcome {
  const { docker_image: given } = linksOf(folder);
  const { metadataFile } = folder;
  const image = imageOf(given);
  return given === undefined
    ? note(
        'links.docker_image is missing.',
        `The build makes ai4oshub/${folder.name.toLowerCase()}: name it so.`,
        metadataFile
      )
    : image === undefined
      ? wrong(
          `“${given.slice(0, 80)}” is no image.`,
          'Write it as ai4oshub/name.',
          metadataFile
        )
      : /^(docker\.io\/)?(ai4oshub|ai4os|deephdc)\//.test(image)
        ? ok(image, metadataFile)
        : note(
            `${image} is not made by the platform's build.`,
            'Its images are called ai4oshub/name.',
            metadataFile
          );
}

/** What the build system of the platform reads; its template brings all of it. */
const BUILD_FILES = ['Jenkinsfile', 'JenkinsConstants.groovy', '.sqa'];

/** How the image comes about: by files that only the platform's own template has. */
export function aboutBuild({ names }: IModuleFolder): Outcome {
  const missing = BUILD_FILES.filter(name => !names.includes(name));
  return missing.length === 0
    ? ok(`${BUILD_FILES.join(', ')} are there.`)
    : note(
        `${missing.join(', ')}: missing. By these the platform makes the image after each push.`,
        'Take them from the template of the platform, ai4os/ai4-template on GitHub, or ask for them in your request.'
      );
}

/** The catalogue lists a branch of the repository. */
export async function aboutBranch(folder: IModuleFolder): Promise<Outcome> {
  const head = (await folder.read('.git/HEAD')) ?? '';
  const [, branch] = /^ref: refs\/heads\/(.+?)\s*$/.exec(head) ?? [];
  return branch === undefined
    ? note('No branch is checked out here.', 'The catalogue takes main.')
    : branch === 'main' || branch === 'master'
      ? ok(branch)
      : note(
          `The branch here is ${branch}; the catalogue takes main.`,
          'Merge into main what shall be in the catalogue.'
        );
}

/** Users and citations name it. */
export async function aboutVersion(folder: IModuleFolder): Promise<Outcome> {
  const file = (await folder.read('VERSION'))?.trim();
  const { version = '' } = folder.project ?? {};
  return file && version && file !== version
    ? note(
        `VERSION says ${file}, the Python project ${version}.`,
        'Let both say the same.',
        'VERSION'
      )
    : file || version
      ? ok(file || version)
      : note(
          'It has no version.',
          'Give it one in pyproject.toml or in a file VERSION.'
        );
}
