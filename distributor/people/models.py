"""A person of the team, and the one role that person holds."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class Role(models.TextChoices):
    """What a person is there for. Policy (`approvals.policy`) says what each may do."""

    AUTHOR = "author"
    APPROVER = "approver"
    ADMIN = "admin"


class PersonManager(BaseUserManager["Person"]):
    """Finds persons by name, without regard to case."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person of that name; Django's login asks this way."""
        return self.get(name__iexact=username)

    def create_user(self, name: str, password: str | None = None, **fields: Any) -> Person:
        """A new person with a hashed password (unusable when None)."""
        person = self.model(name=name, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who may sign in."""

    name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=10, choices=Role)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = PersonManager()

    USERNAME_FIELD = "name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["role"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="one_person_per_name")]

    def __str__(self) -> str:
        return self.name
