import { Type } from '@sinclair/typebox';
import { ProblemRef } from '../../http/types';

export const Account = Type.Object({ account: Type.String() });
export const Path = Type.Object({
  path: Type.Optional(Type.String({ maxLength: 4000 }))
});
export const Page = Type.Object({
  path: Type.Optional(Type.String({ maxLength: 4000 })),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000 }))
});
export const Content = Type.Object({
  path: Type.String({ maxLength: 4000 }),
  download: Type.Optional(Type.Union([Type.Literal('0'), Type.Literal('1')]))
});
export const Put = Type.Object({
  path: Type.String({ maxLength: 4000 }),
  ifMatch: Type.Optional(Type.String()),
  ifAbsent: Type.Optional(
    Type.Union([Type.Literal('0'), Type.Literal('1'), Type.Literal('true')])
  )
});
export const Remove = Type.Object({
  path: Type.String({ maxLength: 4000 }),
  ifMatch: Type.Optional(Type.String())
});
export const tags = ['storage'];
export const problems = {
  400: ProblemRef,
  404: ProblemRef,
  409: ProblemRef,
  424: ProblemRef,
  502: ProblemRef,
  503: ProblemRef,
  507: ProblemRef
};
