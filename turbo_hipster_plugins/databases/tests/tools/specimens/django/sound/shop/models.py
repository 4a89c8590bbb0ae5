from django.db import models


class Order(models.Model):
    buyer = models.ForeignKey("people.Person", on_delete=models.CASCADE)
