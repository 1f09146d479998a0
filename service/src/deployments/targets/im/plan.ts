import { TargetPlan } from '@jupyterlab-deep/protocol';
import { IDeployable } from '../target';
import {
  formOf,
  imageInputOf,
  ITemplateForm,
  Schema,
  takesModelFolder
} from './inputs';
import { MODEL_REQUIRED, modelProperties } from './modelFolder';
import { ITemplate } from './template';
import { IUnusable } from './templates';

/** A template that fits a module, with what it asks for. */
export interface IChoice {
  template: ITemplate;
  /** It fetches the model folder by a link. */
  isForFolder: boolean;
}

/** What a plan is made of. */
export interface IPlanParts {
  target: string;
  host: string;
  what: IDeployable;
  templates: ITemplate[];
  unusable: IUnusable[];
  /** Where the wheel that serves models can be had; undefined where nobody has set it. */
  wheel?: string;
  cost?: string;
}

/** The templates that can run a module: by its image, or by a link to its model folder. */
export function choicesFor(
  { module, folder }: IDeployable,
  templates: ITemplate[],
  wheel: string | undefined
): IChoice[] {
  const isModel =
    folder !== undefined && module.runtime === 'onnx' && wheel !== undefined;
  const { image } = module;
  return templates
    .map(template => ({ template, isForFolder: takesModelFolder(template) }))
    .filter(({ template, isForFolder }) =>
      isForFolder ? isModel : runs(template, image)
    );
}

/** A template takes any image, or has its own: then only that module is meant, unless its user brought it. */
const runs = (template: ITemplate, image: string | undefined): boolean =>
  imageInputOf(template) === undefined
    ? template.isOwn === true || isNamedIn(template, image)
    : image !== undefined;

const isNamedIn = ({ text }: ITemplate, image: string | undefined): boolean =>
  image !== undefined && text.includes(nameOf(image));

/** Of an image without registry and tag. */
const nameOf = (image: string): string =>
  image
    .replace(/[:@][^/]*$/, '')
    .split('/')
    .slice(-2)
    .join('/');

/** What would happen, and what can be chosen. */
export function planFor(parts: IPlanParts): TargetPlan {
  const { what, templates, unusable, wheel, cost } = parts;
  const choices = choicesFor(what, templates, wheel);
  const forms = choices.map(choice => ({
    choice,
    form: formOf(choice.template, what.module),
    makesOther:
      !choice.isForFolder &&
      imageInputOf(choice.template) === undefined &&
      !isNamedIn(choice.template, what.module.image)
  }));
  const usable = forms.filter(({ form }) => form.unaskable.length === 0);
  const common = {
    target: parts.target,
    module: what.module.id,
    warnings: [
      ...unusable.map(({ file, reason }) => `${file} is not used: ${reason}`),
      ...forms.flatMap(warningsOf)
    ],
    ...(cost && { cost })
  };
  if (usable.length === 0) {
    const reason = reasonAgainst(what, wheel);
    return { ...common, isPossible: false, reason, options: {}, says: [] };
  }
  return {
    ...common,
    isPossible: true,
    options: optionsOf(usable, wheel),
    says: saysOf(parts, usable)
  };
}

interface IForm {
  choice: IChoice;
  form: ITemplateForm;
  /** Its author said what it starts, whichever module is chosen. */
  makesOther: boolean;
}

const warningsOf = ({ choice, form, makesOther }: IForm): string[] => [
  ...form.warnings,
  ...(makesOther
    ? [
        `${choice.template.title} asks for no image: it makes what its author wrote, whichever module is chosen.`
      ]
    : []),
  ...form.unaskable.map(
    name =>
      `${choice.template.title} is left out: its input ${name} is of a kind that cannot be asked for here.`
  )
];

function reasonAgainst(
  { module, folder }: IDeployable,
  wheel: string | undefined
): string {
  if (folder !== undefined && module.runtime === 'onnx' && !wheel) {
    return `${module.title} is a model folder on this machine, which a cloud cannot see: it needs a public link to a ZIP file of the folder with its SHA-256, and the address of a wheel of jupyterlab-deep that serves it there. The administrator sets the address of the wheel for this target.`;
  }
  if (folder !== undefined && !module.image) {
    return `${module.title} is code on this machine and has no container image: a cloud cannot run it. Build an image of it first.`;
  }
  return `${module.title} names no container image in its metadata, and no template of this target has one of its own.`;
}

/** One template: its inputs. Several: the template first, then what it asks for. */
function optionsOf(forms: IForm[], wheel: string | undefined): Schema {
  const [first] = forms;
  const template = {
    type: 'string',
    title: 'Template',
    description: first.choice.template.description,
    default: first.choice.template.id
  };
  const parts = forms.map(({ choice, form }) => ({
    id: choice.template.id,
    title: choice.template.title,
    properties: {
      ...(choice.isForFolder && modelProperties(wheel ?? '')),
      ...form.properties
    },
    required: [...(choice.isForFolder ? MODEL_REQUIRED : []), ...form.required]
  }));
  if (parts.length === 1) {
    const [{ id, properties, required }] = parts;
    return {
      type: 'object',
      properties: { template: { ...template, const: id }, ...properties },
      required
    };
  }
  return {
    type: 'object',
    properties: {
      template: {
        ...template,
        description: 'What is made at the cloud.',
        oneOf: parts.map(({ id, title }) => ({ const: id, title }))
      }
    },
    required: ['template'],
    dependencies: {
      template: {
        oneOf: parts.map(({ id, properties, required }) => ({
          properties: { template: { enum: [id] }, ...properties },
          required
        }))
      }
    }
  };
}

function saysOf({ host, what }: IPlanParts, forms: IForm[]): string[] {
  const isByLink = forms.every(({ choice }) => choice.isForFolder);
  const { image } = what.module;
  return [
    `A TOSCA template with your values goes to the Infrastructure Manager at ${host}, with the credentials of your clouds: it makes the machines in your name.`,
    isByLink
      ? 'The machine installs jupyterlab-deep from the address of the wheel, fetches the model by its link, checks its SHA-256, and serves it.'
      : `The image ${image ?? 'that the template names'} is fetched there.`,
    'Whoever knows the address of the module can use it: modules ask for no password.',
    'Stopping removes the machines with everything on them. What was not saved elsewhere is lost.'
  ];
}
