from broken_plugins import ways
from broken_plugins.sound import Sound
from turbo_hipster import exceptions


class Refuses(Sound):
    @classmethod
    def check(cls, options):
        raise exceptions.InvalidJob("greeting is rude; say hello")


class Exits(Sound):
    @classmethod
    def check(cls, options):
        ways.exits()


class Raises(Sound):
    @classmethod
    def check(cls, options):
        ways.raises()


class Loops(Sound):
    @classmethod
    def check(cls, options):
        ways.loops()


class Segfaults(Sound):
    @classmethod
    def check(cls, options):
        ways.segfaults()
