"""What DEEPaaS calls. The work is done in cells.py, which has the cells of the notebook."""

from webargs import fields

from . import __version__, answers, cells, files


def get_metadata():
    return {**@METADATA@, "version": __version__}


def get_predict_args():
    return @PREDICT_ARGS@


def predict(**args):
    with files.paths(args, @PREDICT_FILES@) as given:
        return answers.plain(cells.predict(**given))
@TRAIN@
